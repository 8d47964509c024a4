import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { expandRanks } from '../../shared/lora/rankMap.ts';
import { TARGETS } from '../../shared/lora/modulePaths.ts';
import { lossMeans } from '../../shared/losses/labelInputs.ts';
import { initialParameters, parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { batchGradients, type TrainingTask } from '../../shared/train/trainStep.ts';
import { trainingModel, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { largestDifference } from '../support/largestDifference.ts';
import { type RandomBackbone, randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine, type ReferenceStep, referenceStep, runStep } from '../support/referenceStep.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';
import { tinyExamples, tinySpec } from '../support/tinyTrial.ts';

/** Sums of some hundred float64 products of size 1 in another order. */
const FLOAT64_TOLERANCE = 1e-12;
/** The same in float32, on gradients below 1. */
const FLOAT32_TOLERANCE = 1e-6;

const CONFIG = tinyConfig();
const RANKS = expandRanks([2, 3], TARGETS);
/** Weights that differ, so that a mean over a micro-batch instead of the batch would show. */
const CLASS_WEIGHTS = [0.3, 2, 0.5, 1, 4];
const ROWS = tinyExamples(CONFIG, 8, 6);

const SPEC = tinySpec(CONFIG, { adapter: adapterSpec(RANKS, { kind: 'rank' }), classWeights: CLASS_WEIGHTS });

describe.each(['first', 'mean'] as const)('a step in float64, reading %s, with dropout everywhere', (pooling) => {
  let step: ReferenceStep;
  beforeAll(async () => {
    step = referenceStep({ ...SPEC, pooling }, await randomBackbone(CONFIG));
  });

  it.each([13, 16, 32])('is the same when padded to %i tokens', (length) => {
    const rows = ROWS.slice(0, 3);
    const longest = Math.max(...rows.map(({ ids }) => ids.length));
    expect(new Set(rows.map(({ ids }) => ids.length)).size).toBeGreaterThan(1);
    expect(longest).toBeLessThan(length);
    expectSame(runStep(step, { rows, length }), runStep(step, { rows, length: longest }));
  });

  it('is the sum of its micro-batches', () => {
    const rows = ROWS.slice(0, 5);
    const means = lossMeans(rows, CLASS_WEIGHTS);
    const parts = [rows.slice(0, 3), rows.slice(3)].map((part) => runStep(step, { rows: part, means }));
    const whole = runStep(step, { rows });
    const sums = new Map(
      Array.from(whole, ([name, numbers]) => [
        name,
        name === 'prediction' || name === 'logits'
          ? Float64Array.from(parts.flatMap((part) => [...(part.get(name) ?? [])]))
          : numbers.map((_, i) => parts.reduce((sum, part) => sum + (part.get(name)?.[i] ?? Number.NaN), 0)),
      ]),
    );
    expectSame(sums, whole);
  });

  it('changes with the step, by its dropout alone', () => {
    const rows = ROWS.slice(0, 2);
    expect(runStep(step, { rows, step: 6 })).not.toEqual(runStep(step, { rows, step: 5 }));
    const quiet = { ...step.spec, loraDropout: 0, backboneDropout: { hidden: 0, attention: 0 } };
    const still = referenceStep({ ...quiet, head: { ...SPEC.head, dropout: 0 } }, step.encoder);
    expect(runStep(still, { rows, step: 6 })).toEqual(runStep(still, { rows, step: 5 }));
  });
});

const CPU_ENGINES = TEST_ENGINES.filter(({ name }) => name !== 'webgpu');

describe.each(CPU_ENGINES)('batchGradients on engine $name', ({ open }) => {
  let encoder: RandomBackbone;
  let engine: Engine;
  beforeAll(async () => {
    encoder = await randomBackbone(CONFIG);
    engine = await open(encoder.backbone.readConstant);
  });
  afterAll(() => engine.dispose());

  async function gradientsOf(changes: Partial<TrialSpec>, rows: readonly EncodedExample[] = ROWS, spoil?: number) {
    const { task, parameters } = await prepare(engine, encoder, { ...SPEC, ...changes });
    if (spoil !== undefined) parameters.fill(spoil);
    const gradients = new Float32Array(parameters.length).fill(7);
    try {
      const losses = await batchGradients(task, rows, parameters, gradients, { seed: 0, step: 3 });
      return { losses, gradients };
    } finally {
      await task.prepared.dispose();
    }
  }

  it('gives the same gradients and losses however the batch is cut and padded', async () => {
    const whole = await gradientsOf({});
    expect(whole.gradients.some((gradient) => Math.abs(gradient) > 0.01)).toBe(true);
    for (const changes of [{ microBatchSize: 1 }, { microBatchSize: 3 }, { padding: 'full', maxTokens: 33 } as const]) {
      const { losses, gradients } = await gradientsOf(changes);
      expect(largestDifference(gradients, whole.gradients)).toBeLessThan(FLOAT32_TOLERANCE);
      expect(losses.regressionLoss).toBeCloseTo(whole.losses.regressionLoss, 6);
      expect(losses.classLoss).toBeCloseTo(whole.losses.classLoss, 6);
    }
  });

  it('does not depend on the order of a batch', async () => {
    const { gradients } = await gradientsOf({});
    const turned = await gradientsOf({ microBatchSize: 3 }, ROWS.toReversed());
    expect(largestDifference(turned.gradients, gradients)).toBeLessThan(FLOAT32_TOLERANCE);
  });

  it('refuses a loss that is not finite and names the step, counted from 1 as events do', async () => {
    await expect(gradientsOf({}, ROWS, Number.NaN)).rejects.toMatchObject({
      code: 'notFinite',
      message: expect.stringMatching(/NaN .*at step 4\b/),
    });
  });
});

it('refuses a gradient that is not finite though the loss is', async () => {
  const encoder = await randomBackbone(CONFIG);
  const spec = { ...SPEC, lossWeights: { regression: 1, classes: 100 } };
  const { task, parameters } = await prepare(openReferenceEngine(encoder), encoder, spec);
  // A loss of some 1e38 fits float32, a hundred times its gradient does not.
  const weight = parameterViews(task.layout, parameters).get('classification.2.weight');
  weight?.set(weight.map((_, i) => 1e38 * Math.sin(i)));
  const gradients = new Float32Array(parameters.length);
  await expect(batchGradients(task, ROWS, parameters, gradients, { seed: 0, step: 0 })).rejects.toMatchObject({
    code: 'notFinite',
    message: expect.stringMatching(/the loss is [\d.]+ \+ [\d.e+]+ .*norm (Infinity|NaN) at step 1\b/),
  });
});

async function prepare(engine: Engine, { backbone }: RandomBackbone, spec: TrialSpec) {
  const plan = recordTrainingStep(trainingModel(spec, CONFIG));
  const layout = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
  const { adapter, maxTokens, padding, microBatchSize, classWeights } = spec;
  const task: TrainingTask = {
    plan,
    layout,
    backbone,
    adapter,
    maxTokens,
    padding,
    microBatchSize,
    classWeights,
    prepared: await engine.prepare(plan),
  };
  // Moved off the start, where every B is zero.
  const parameters = initialParameters(layout, 0).map((value, i) => value + 0.1 * Math.sin(i));
  return { task, parameters };
}

function expectSame(found: ReadonlyMap<string, Float64Array>, wanted: ReadonlyMap<string, Float64Array>): void {
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  for (const [name, numbers] of wanted) {
    expect(largestDifference(found.get(name), numbers), name).toBeLessThan(FLOAT64_TOLERANCE);
  }
}
