import { describe, expect, it } from 'vitest';
import { initialParameters, parameterLayout } from '../../shared/train/parameterSet.ts';
import { predictExamples } from '../../shared/train/predictExamples.ts';
import { recordPrediction } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { predictionModel } from '../../shared/trial/trialSpec.ts';
import { largestDifference } from '../support/largestDifference.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { tinyExamples, tinySpec } from '../support/tinyTrial.ts';

/** The oracle rounds its float64 results to float32 once. */
const TOLERANCE = 1e-6;

const CONFIG = tinyConfig();
const ROWS = tinyExamples(CONFIG, 9, 2);

async function predict(batchSize: number, rows = ROWS, onBatch?: (done: number) => void) {
  const encoder = await randomBackbone(CONFIG);
  const spec = tinySpec(CONFIG);
  const plan = recordPrediction(predictionModel(spec, CONFIG));
  const layout = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
  const prepared = await openReferenceEngine(encoder).prepare(plan);
  const { adapter, maxTokens, padding } = spec;
  const task = { plan, prepared, layout, adapter, maxTokens, padding, backbone: encoder.backbone, batchSize };
  return predictExamples(task, rows, initialParameters(layout, 0), onBatch);
}

describe('predictions', () => {
  it('stand in the order of the texts, whatever the batches', async () => {
    const whole = await predict(100);
    expect(new Set(ROWS.map(({ ids }) => ids.length)).size).toBeGreaterThan(3);
    expect(whole.logits).toHaveLength(ROWS.length * whole.classCount);
    for (const batchSize of [1, 4]) {
      const found = await predict(batchSize);
      expect(largestDifference(found.scores, whole.scores)).toBeLessThan(TOLERANCE);
      expect(largestDifference(found.logits, whole.logits)).toBeLessThan(TOLERANCE);
    }
    const turned = await predict(4, ROWS.toReversed());
    expect(largestDifference(turned.scores.toReversed(), whole.scores)).toBeLessThan(TOLERANCE);
  });

  it('tell how many texts are done', async () => {
    const done: number[] = [];
    await predict(4, ROWS, (count) => done.push(count));
    expect(done).toEqual([4, 8, 9]);
  });

  it('of no texts are none', async () => {
    expect(await predict(4, [])).toEqual({ scores: new Float32Array(), logits: new Float32Array(), classCount: 5 });
  });
});
