import { describe, expect, it } from 'vitest';
import { ADALORA_DEFAULTS } from '../../shared/lora/adaLoraSchedule.ts';
import { adaLoraAdapterSpec, adapterSpec } from '../../shared/lora/adapterSpec.ts';
import {
  gradientName,
  loraAName,
  loraBName,
  tripletAName,
  tripletBName,
  tripletEName,
} from '../../shared/lora/loraLinear.ts';
import { modulePath } from '../../shared/lora/modulePaths.ts';
import type { RankMap } from '../../shared/lora/rankMap.ts';
import { addGradients, initialParameters, parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { predictExamples } from '../../shared/train/predictExamples.ts';
import { recordPrediction, recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { predictionModel, trainingModel } from '../../shared/trial/trialSpec.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { tinyExamples, tinySpec } from '../support/tinyTrial.ts';

/** Standard deviations that a fair draw may be off: passed by chance once in 16 000, and the seeds are fixed. */
const SIGMAS = 4;

const CONFIG = tinyConfig({ hiddenSize: 32, intermediateSize: 48 });
const QUERY = modulePath(0, 'query');
const OUTPUT = modulePath(1, 'output');

function layoutOf(ranks: RankMap) {
  const spec = tinySpec(CONFIG, { adapter: adapterSpec(ranks, { kind: 'rank' }) });
  const sizes = runSizes(1, 1, spec.adapter.ranks);
  return {
    training: parameterLayout(recordTrainingStep(trainingModel(spec, CONFIG)), sizes),
    prediction: parameterLayout(recordPrediction(predictionModel(spec, CONFIG)), sizes),
  };
}

function initial(ranks: RankMap, seed: number): Map<string, Float32Array> {
  const { training } = layoutOf(ranks);
  return parameterViews(training, initialParameters(training, seed));
}

describe('the layout of trained tensors', () => {
  const { training, prediction } = layoutOf(
    new Map([
      [QUERY, 3],
      [OUTPUT, 2],
    ]),
  );

  it('has every tensor once, one after the other, at the given ranks', () => {
    const shapes = new Map(training.slots.map(({ name, shape }) => [name, shape]));
    expect(shapes.get(loraAName(QUERY))).toEqual([3, 32]);
    expect(shapes.get(loraBName(OUTPUT))).toEqual([32, 2]);
    expect(shapes.size).toBe(training.slots.length);
    let offset = 0;
    for (const slot of training.slots) {
      expect(slot.offset).toBe(offset);
      offset += slot.length;
    }
    expect(training.length).toBe(offset);
  });

  it('is the same for training and for prediction', () => {
    expect(prediction).toEqual(training);
  });

  it('adds gradients to what is there, and names one that is missing or of another length', () => {
    const outputs = new Map(
      training.slots.map(({ name, length }, i) => [gradientName(name), new Float32Array(length).fill(i)]),
    );
    const flat = new Float32Array(training.length).fill(0.5);
    addGradients(training, outputs, flat);
    for (const [i, { offset, length }] of training.slots.entries()) {
      expect(flat.subarray(offset, offset + length)).toEqual(new Float32Array(length).fill(0.5 + i));
    }
    outputs.set(gradientName(loraAName(QUERY)), new Float32Array(5));
    expect(() => addGradients(training, outputs, flat)).toThrow(/query\.lora_A\.weight.* 5 numbers where 96/);
    outputs.delete(gradientName(loraAName(QUERY)));
    expect(() => addGradients(training, outputs, flat)).toThrow(/query\.lora_A\.weight.* no numbers/);
  });
});

describe('start values', () => {
  it('of a smaller rank are the first rows of a larger one', () => {
    const small = initial(new Map([[QUERY, 2]]), 5).get(loraAName(QUERY));
    const large = initial(
      new Map([
        [QUERY, 7],
        [OUTPUT, 4],
      ]),
      5,
    ).get(loraAName(QUERY));
    expect(large?.subarray(0, 2 * 32)).toEqual(small);
  });

  it('of the heads do not depend on ranks', () => {
    const alone = initial(new Map(), 5);
    const adapted = initial(
      new Map([
        [QUERY, 7],
        [OUTPUT, 4],
      ]),
      5,
    );
    expect(alone.size).toBe(8);
    for (const [name, values] of alone) expect(adapted.get(name)).toEqual(values);
  });

  it('differ between seeds and between tensors', () => {
    const ranks = new Map([
      [QUERY, 2],
      [modulePath(1, 'query'), 2],
    ]);
    const a = initial(ranks, 0).get(loraAName(QUERY));
    expect(initial(ranks, 1).get(loraAName(QUERY))).not.toEqual(a);
    expect(initial(ranks, 0).get(loraAName(modulePath(1, 'query')))).not.toEqual(a);
  });

  it('are uniform within ±1 / √fanIn, biases by the fan-in of their weight, and B zero', () => {
    const values = initial(new Map([[OUTPUT, 32]]), 0);
    expect(values.get(loraBName(OUTPUT))).toEqual(new Float32Array(32 * 32));
    // The intermediate width 48 feeds `output`; both heads read the hidden width 32; their second layers read 8.
    const fanIns = new Map([
      [loraAName(OUTPUT), 48],
      ['regression.0.weight', 32],
      ['regression.0.bias', 32],
      ['regression.2.bias', 8],
      ['classification.0.weight', 32],
      ['classification.2.weight', 8],
      ['classification.2.bias', 8],
    ]);
    for (const [name, fanIn] of fanIns) {
      const scaled = Array.from(values.get(name) ?? [], (value) => value * Math.sqrt(fanIn));
      expect(scaled.length, name).toBeGreaterThan(0);
      const n = scaled.length;
      const mean = scaled.reduce((sum, value) => sum + value, 0) / n;
      const square = scaled.reduce((sum, value) => sum + value * value, 0) / n;
      expect(Math.max(...scaled.map(Math.abs)), name).toBeLessThanOrEqual(1);
      // Uniform on ±1: variance 1/3, and of its square 1/5 - 1/9 = 4/45.
      expect(Math.abs(mean), name).toBeLessThan(SIGMAS * Math.sqrt(1 / 3 / n));
      expect(Math.abs(square - 1 / 3), name).toBeLessThan(SIGMAS * Math.sqrt(4 / 45 / n));
    }
  });

  it('of AdaLoRA are normal with deviation 0.02, and E zero', () => {
    const adaLora = { ...ADALORA_DEFAULTS, targetBudget: 8, interval: null };
    const adapter = adaLoraAdapterSpec([OUTPUT], 16, { kind: 'rank' });
    const plan = recordTrainingStep(trainingModel(tinySpec(CONFIG, { adapter, adaLora }), CONFIG));
    const layout = parameterLayout(plan, runSizes(1, 1, adapter.ranks));
    const values = parameterViews(layout, initialParameters(layout, 0));
    expect(values.get(tripletEName(OUTPUT))).toEqual(new Float32Array(16));
    for (const name of [tripletAName(OUTPUT), tripletBName(OUTPUT)]) {
      const scaled = Array.from(values.get(name) ?? [], (value) => value / 0.02);
      const n = scaled.length;
      const mean = scaled.reduce((sum, value) => sum + value, 0) / n;
      const square = scaled.reduce((sum, value) => sum + value * value, 0) / n;
      expect(n).toBeGreaterThanOrEqual(16 * 32);
      // Standard normal: variance 1, and of its square 3 - 1.
      expect(Math.abs(mean), name).toBeLessThan(SIGMAS / Math.sqrt(n));
      expect(Math.abs(square - 1), name).toBeLessThan(SIGMAS * Math.sqrt(2 / n));
    }
  });

  it('make the adapted model the backbone itself: predictions are those of rank 0', async () => {
    const encoder = await randomBackbone(CONFIG);
    const engine = openReferenceEngine(encoder);
    const rows = tinyExamples(CONFIG, 3, 1);
    const predict = async (ranks: RankMap) => {
      const spec = tinySpec(CONFIG, { adapter: adapterSpec(ranks, { kind: 'fixed', alpha: 16 }) });
      const plan = recordPrediction(predictionModel(spec, CONFIG));
      const layout = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
      const { adapter, maxTokens, padding } = spec;
      const task = { plan, layout, adapter, maxTokens, padding, backbone: encoder.backbone, batchSize: 3 };
      return predictExamples({ ...task, prepared: await engine.prepare(plan) }, rows, initialParameters(layout, 3));
    };
    const plain = await predict(new Map());
    expect(new Set(plain.scores).size).toBe(3);
    expect(
      await predict(
        new Map([
          [QUERY, 4],
          [modulePath(0, 'intermediate'), 2],
          [OUTPUT, 1],
        ]),
      ),
    ).toEqual(plain);
  });
});
