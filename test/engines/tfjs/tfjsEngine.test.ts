import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineDescription } from '../../../shared/engines/engine.ts';
import { createTfjsEngine } from '../../../shared/engines/tfjs/tfjsEngine.ts';
import type { Sizes } from '../../../shared/plan/dimension.ts';
import type { Plan } from '../../../shared/plan/plan.ts';
import { Recorder } from '../../../shared/plan/recorder.ts';
import { CASE_SIZES, drawTensors, OPERATION_CASES } from '../../support/operationCases.ts';
import { runReference } from '../../support/referenceEngine.ts';
import { TEST_ENGINES } from '../../support/testEngines.ts';

/** Of the largest element: sums of up to 80 products, each rounded to 6e-8. */
const FLOAT32_TOLERANCE = 3e-6;
const SEED = 3;
const TFJS_ENGINES = TEST_ENGINES.filter(({ name }) => name !== 'onnx');

type Tensors = ReadonlyMap<string, Float32Array>;

// tfjs counts its tensors only while some backend is set.
beforeAll(() => tf.setBackend('cpu'));

const engines: Engine[] = [];
async function opened({ open }: (typeof TFJS_ENGINES)[number], constants: Tensors = new Map()): Promise<Engine> {
  const engine = await open(async (name) => constants.get(name) ?? new Float32Array());
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe.each(TFJS_ENGINES)('engine $name', (testEngine) => {
  it.each(OPERATION_CASES)('shows a NaN that goes into $title', async ({ plan, draws }) => {
    const [sizes = new Map()] = CASE_SIZES;
    for (const { source } of plan.given) {
      const { given, constants } = drawTensors({ plan, draws }, sizes, SEED);
      const name = source.from === 'operation' ? '' : source.name;
      (given.get(name) ?? constants.get(name))?.fill(Number.NaN, 0, 1);
      const found = await (await (await opened(testEngine, constants)).prepare(plan)).run(sizes, given);
      for (const [output, wanted] of runReference(plan, sizes, new Map([...given, ...constants]))) {
        const places = Array.from(wanted, Number.isNaN);
        expect(Array.from(found.get(output) ?? [], Number.isNaN), `${output} with NaN in ${name}`).toEqual(places);
      }
    }
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])(
    'multiplies stacks of matrices as large as those of attention, transposed: %s %s',
    async (transposeA, transposeB) => {
      const recorder = new Recorder();
      const a = recorder.batch('a', ['B', 3, ...(transposeA ? [80, 'T'] : ['T', 80])]);
      const b = recorder.batch('b', ['B', 3, ...(transposeB ? [32, 80] : [80, 32])]);
      recorder.output('y', recorder.batchMatMul(a, b, { transposeA, transposeB }));
      await expectAsReference(testEngine, recorder.finish(), sizesOf({ B: 2, T: 40 }));
    },
  );

  it('tells a row from the column it is turned into', async () => {
    const recorder = new Recorder();
    const hidden = recorder.batch('hidden', ['B', 12]);
    const dy = recorder.batch('dy', ['B', 1]);
    for (const weight of [recorder.parameter('trained', [1, 12]), recorder.constant('frozen', [1, 12])]) {
      recorder.output(`${weight.id} forward`, recorder.matMul(hidden, weight, { transposeB: true }));
      recorder.output(`${weight.id} backward`, recorder.matMul(dy, weight));
      recorder.output(`${weight.id} left`, recorder.matMul(weight, hidden, { transposeB: true }));
    }
    await expectAsReference(testEngine, recorder.finish(), sizesOf({ B: 4, T: 1 }));
  });

  it('holds no tensor more after 20 runs of changing sizes', async () => {
    const { plan, engine, run } = await block(testEngine);
    const prepared = await engine.prepare(plan);
    const counts = new Set<number>();
    for (let i = 0; i < 20; i++) {
      await run(prepared, sizesOf({ B: 1 + (i % 3), T: 2 + (i % 5) }));
      counts.add(engine.tensorCount()).add(tf.memory().numTensors);
    }
    expect(counts.size).toBe(1);
  });

  it('leaves no tensor behind when it is disposed of, and runs no more', async () => {
    const before = tf.memory().numTensors;
    const { plan, engine, run } = await block(testEngine);
    const prepared = await engine.prepare(plan);
    await run(prepared, sizesOf({ B: 2, T: 3 }));
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    await engine.dispose();
    await engine.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(run(prepared, sizesOf({ B: 2, T: 3 }))).rejects.toThrow(/disposed/);
    await expect(engine.prepare(plan)).rejects.toThrow(/disposed/);
  });

  it('leaves no tensor behind when an operation fails', async () => {
    const engine = await opened(testEngine);
    const prepared = await engine.prepare(failingPlan());
    const before = tf.memory().numTensors;
    const given = new Map([
      ['x', new Float32Array(6)],
      ['other', new Float32Array(4)],
    ]);
    await expect(prepared.run(new Map(), given)).rejects.toThrow(/shape/);
    expect(tf.memory().numTensors).toBe(before);
    expect(engine.tensorCount()).toBe(0);
  });

  it('keeps a frozen weight in the orientations that its plans multiply by, reading it once', async () => {
    const constants = new Map([['weight', new Float32Array(24)]]);
    const engine = await opened(testEngine, constants);
    await engine.prepare(linearPlan({ backward: false }));
    expect(engine.tensorCount()).toBe(1);
    // TensorFlow's own products transpose as they go.
    const orientations = testEngine.name === 'tensorflow' ? 1 : 2;
    await engine.prepare(linearPlan({ backward: true }));
    expect(engine.tensorCount()).toBe(orientations);
    await engine.prepare(linearPlan({ backward: true }));
    expect(engine.tensorCount()).toBe(orientations);
  });
});

describe.runIf(TFJS_ENGINES.length > 1)('engines of different backends in one process', () => {
  it('run side by side', async () => {
    const results = await Promise.all(
      TFJS_ENGINES.map(async (testEngine) => {
        const { plan, engine, run } = await block(testEngine);
        const prepared = await engine.prepare(plan);
        return [await run(prepared, sizesOf({ B: 2, T: 3 })), await run(prepared, sizesOf({ B: 1, T: 4 }))];
      }),
    );
    const [first = []] = results;
    for (const other of results) {
      other.forEach((outputs, i) => {
        for (const [name, tensor] of outputs) expectClose(first[i]?.get(name), Float64Array.from(tensor), name);
      });
    }
  });
});

describe('engine wasm', () => {
  it('gives the same bytes again, also from an engine opened anew', async () => {
    const wasm = TFJS_ENGINES.find(({ name }) => name === 'wasm');
    if (!wasm) throw new Error('wasm always runs');
    const sizes = sizesOf({ B: 3, T: 40 });
    const outputs = [];
    for (let i = 0; i < 2; i++) {
      const { plan, engine, run } = await block(wasm);
      const prepared = await engine.prepare(plan);
      outputs.push(await run(prepared, sizes), await run(prepared, sizes));
    }
    for (const other of outputs) expect(other).toEqual(outputs[0]);
  });
});

describe('an engine whose device has failed', () => {
  it('hands back no numbers but the reason', async () => {
    let reason: string | undefined;
    const engine = createTfjsEngine({
      tf,
      backend: 'cpu',
      readConstant: async () => new Float32Array(24),
      description: CPU_DESCRIPTION,
      failure: () => reason,
    });
    engines.push(engine);
    const prepared = await engine.prepare(linearPlan({ backward: false }));
    const given = new Map([['x', new Float32Array(4)]]);
    await prepared.run(sizesOf({ B: 1, T: 1 }), given);
    reason = 'the GPU device was lost: unplugged';
    await expect(prepared.run(sizesOf({ B: 1, T: 1 }), given)).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('unplugged'),
    });
  });
});

const CPU_DESCRIPTION: EngineDescription = {
  name: 'tensorflow',
  precision: 'float32',
  device: 'plain JavaScript',
  versions: {},
  deterministic: true,
};

function sizesOf({ B, T }: { B: number; T: number }): Sizes {
  return new Map([
    ['B', B],
    ['T', T],
  ]);
}

/** x Wᵀ, and the gradient of x where that is wanted. */
function linearPlan({ backward }: { backward: boolean }): Plan {
  const recorder = new Recorder();
  const weight = recorder.constant('weight', [6, 4]);
  const y = recorder.matMul(recorder.batch('x', ['B*T', 4]), weight, { transposeB: true });
  recorder.output('y', y);
  if (backward) recorder.output('dx', recorder.matMul(y, weight));
  return recorder.finish();
}

/** Plain data that no recorder would write: it adds shapes that do not fit, after making a value that has to be freed. */
function failingPlan(): Plan {
  const x = { id: 0, shape: [2, 3], source: { from: 'batch', name: 'x' } } as const;
  const other = { id: 1, shape: [4], source: { from: 'batch', name: 'other' } } as const;
  const made = { id: 2, shape: [2, 3], source: { from: 'operation' } } as const;
  const sum = { id: 3, shape: [2, 3], source: { from: 'operation' } } as const;
  return {
    given: [x, other],
    operations: [
      { kind: 'tanh', inputs: { x }, attributes: {}, outputs: [made] },
      { kind: 'add', inputs: { a: made, b: other }, attributes: {}, outputs: [sum] },
    ],
    outputs: new Map([['sum', sum]]),
  };
}

/** Attention of 2 heads, normalised, with LoRA's kind of products and gradients, on an engine of its own. */
async function block(testEngine: (typeof TFJS_ENGINES)[number]) {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 64]);
  const weight = recorder.constant('weight', [64, 64]);
  const heads = recorder.splitHeads(recorder.matMul(x, weight, { transposeB: true }), 2, 'T');
  const keyBias = recorder.batch('keyBias', ['B', 'T']);
  const scores = recorder.batchMatMul(heads, heads, { transposeB: true });
  const context = recorder.mergeHeads(recorder.batchMatMul(recorder.attentionSoftmax(scores, keyBias, 0.1), heads));
  const gamma = recorder.constant('gamma', [64]);
  const { y, mean, inverseStd } = recorder.layerNorm(recorder.add(context, x), gamma, gamma, 1e-5);
  const dx = recorder.layerNormGradient(recorder.geluGradient(y, x), { x: context, gamma, mean, inverseStd });
  recorder.output('y', recorder.firstToken(y));
  recorder.output('dWeight', recorder.matMul(dx, x, { transposeA: true }));
  recorder.output('dx', recorder.matMul(dx, weight));
  const plan = recorder.finish();
  const { constants } = drawTensors({ plan, draws: {} }, sizesOf({ B: 1, T: 1 }), SEED);
  return {
    plan,
    engine: await opened(testEngine, constants),
    run: (prepared: Awaited<ReturnType<Engine['prepare']>>, sizes: Sizes) =>
      prepared.run(sizes, drawTensors({ plan, draws: {} }, sizes, SEED).given),
  };
}

async function expectAsReference(testEngine: (typeof TFJS_ENGINES)[number], plan: Plan, sizes: Sizes): Promise<void> {
  const { given, constants } = drawTensors({ plan, draws: {} }, sizes, SEED);
  const found = await (await (await opened(testEngine, constants)).prepare(plan)).run(sizes, given);
  for (const [name, wanted] of runReference(plan, sizes, new Map([...given, ...constants]))) {
    expectClose(found.get(name), wanted, name);
  }
}

function expectClose(found: Float32Array | undefined, wanted: Float64Array, name: string): void {
  expect(found?.length, name).toBe(wanted.length);
  const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const worst = wanted.reduce((error, value, i) => Math.max(error, Math.abs(value - (found?.[i] ?? Number.NaN))), 0);
  expect(worst / scale, name).toBeLessThan(FLOAT32_TOLERANCE);
}
