import { afterEach, describe, expect, it } from 'vitest';
import type { Engine, ReadConstant } from '../../shared/engines/engine.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { CASE_SIZES, drawTensors, OPERATION_CASES, OPERATION_KINDS } from '../support/operationCases.ts';
import { runReference } from '../support/referenceEngine.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';

/** Of the largest element (at least 1): single operations sum up to some 60 products, each rounded to 6e-8. */
const FLOAT32_TOLERANCE = 3e-6;
const SEED = 0;

it('has a case for every kind of operation', () => {
  const covered = OPERATION_CASES.flatMap(({ plan }) => plan.operations.map((operation) => operation.kind));
  expect([...new Set(covered)].sort()).toEqual(Object.keys(OPERATION_KINDS).sort());
});

describe.each(TEST_ENGINES)('engine $name', ({ open }) => {
  const engines: Engine[] = [];
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.dispose();
  });
  async function opened(constants: ReadonlyMap<string, Float32Array>, asked: string[] = []): Promise<Engine> {
    const engine = await open(reading(constants, asked));
    engines.push(engine);
    return engine;
  }

  it.each(OPERATION_CASES)('computes $title as float64 does, at all sizes', async (operationCase) => {
    const { plan } = operationCase;
    const { constants } = drawTensors(operationCase, CASE_SIZES[0] ?? new Map(), SEED);
    const prepared = await (await opened(constants)).prepare(plan);
    for (const sizes of CASE_SIZES) {
      const { given } = drawTensors(operationCase, sizes, SEED);
      const found = await prepared.run(sizes, given);
      const wanted = runReference(plan, sizes, new Map([...given, ...constants]));
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [name, reference] of wanted)
        expectClose(found.get(name), reference, `${name} at ${sizesInWords(sizes)}`);
    }
  });

  it('leaves what it is given unchanged and hands back results that later runs do not touch', async () => {
    const { plan, given, constants } = linearPlan();
    const prepared = await (await opened(constants)).prepare(plan);
    const givenBefore = new Map([...given].map(([name, tensor]) => [name, tensor.slice()]));
    const first = await prepared.run(LINEAR_SIZES, given);
    const firstCopy = copied(first);
    for (const [name, tensor] of given) expect(tensor).toEqual(givenBefore.get(name));
    given.get('x')?.fill(7);
    const second = await prepared.run(LINEAR_SIZES, given);
    expect(first).toEqual(firstCopy);
    expect(second.get('y')).not.toEqual(first.get('y'));
    first.get('same')?.fill(0);
    expect(given.get('x')?.[0]).toBe(7);
  });

  it('reads a constant once for all plans, and keeps two plans apart', async () => {
    const { plan, given, constants } = linearPlan();
    const asked: string[] = [];
    const engine = await opened(constants, asked);
    const [training, evaluation] = await Promise.all([engine.prepare(plan), engine.prepare(linearPlan().plan)]);
    expect(asked).toEqual(['weight']);
    const alone = await training.run(LINEAR_SIZES, given);
    const [a, b] = await Promise.all([training.run(LINEAR_SIZES, given), evaluation.run(LINEAR_SIZES, given)]);
    expect(a).toEqual(alone);
    expect(b).toEqual(alone);
    await training.dispose();
    expect(await evaluation.run(LINEAR_SIZES, given)).toEqual(alone);
  });

  it('holds the same number of tensors after every run, and none after it is disposed of', async () => {
    const { plan, given, constants } = linearPlan();
    const engine = await opened(constants);
    const prepared = await engine.prepare(plan);
    const counts: number[] = [];
    for (let step = 0; step < 3; step++) {
      await prepared.run(LINEAR_SIZES, given);
      counts.push(engine.tensorCount());
    }
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThanOrEqual(constants.size);
    await engine.dispose();
    expect(engine.tensorCount()).toBe(0);
  });

  it('names the tensor that a run was not given, or whose length is wrong', async () => {
    const { plan, constants } = linearPlan();
    const prepared = await (await opened(constants)).prepare(plan);
    await expect(prepared.run(LINEAR_SIZES, new Map())).rejects.toThrow(/"x"/);
    await expect(prepared.run(LINEAR_SIZES, new Map([['x', new Float32Array(5)]]))).rejects.toThrow(/"x".*5/);
  });

  it('names the constant whose length is wrong', async () => {
    const engine = await opened(new Map([['weight', new Float32Array(5)]]));
    await expect(engine.prepare(linearPlan().plan)).rejects.toThrow(/"weight".*5/);
  });
});

const LINEAR_SIZES = new Map([
  ['B', 2],
  ['T', 3],
]);

function linearPlan(): { plan: Plan; given: Map<string, Float32Array>; constants: Map<string, Float32Array> } {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 4]);
  recorder.output('y', recorder.matMul(x, recorder.constant('weight', [6, 4]), { transposeB: true }));
  recorder.output('same', x);
  const plan = recorder.finish();
  return { plan, ...drawTensors({ plan, draws: {} }, LINEAR_SIZES, SEED) };
}

function reading(constants: ReadonlyMap<string, Float32Array>, asked: string[]): ReadConstant {
  return async (name) => {
    asked.push(name);
    const tensor = constants.get(name);
    if (!tensor) throw new Error(`the plan has no constant ${name}`);
    return tensor;
  };
}

function copied(tensors: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  return new Map([...tensors].map(([name, tensor]) => [name, tensor.slice()]));
}

function sizesInWords(sizes: ReadonlyMap<string, number>): string {
  return [...sizes].map(([symbol, size]) => `${symbol}=${size}`).join(' ');
}

function expectClose(found: Float32Array | undefined, wanted: Float64Array, where: string): void {
  expect(found?.length, where).toBe(wanted.length);
  const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const worst = wanted.reduce((error, value, i) => Math.max(error, Math.abs(value - (found?.[i] ?? Number.NaN))), 0);
  expect(worst / scale, `${where}: difference of ${worst}`).toBeLessThan(FLOAT32_TOLERANCE);
}
