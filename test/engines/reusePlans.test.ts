import { afterEach, expect, it } from 'vitest';
import type { Engine } from '../../shared/engines/engine.ts';
import { reusePlans } from '../../shared/engines/reusePlans.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';

const SIZES = new Map([['B', 2]]);
const X = Float32Array.of(1, 2, 3, 4, 5, 6);
const opened: Engine[] = [];

afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.dispose();
});

/** x · wᵀ for w of `width` rows, all ones; every call records it anew. */
function linearPlan(width: number): Plan {
  const recorder = new Recorder();
  const w = recorder.constant(`w${width}`, [width, 3]);
  recorder.output('y', recorder.matMul(recorder.batch('x', ['B', 3]), w, { transposeB: true }));
  return recorder.finish();
}

/** The engine `onnx` behind `reusePlans`, and how often it has been asked to prepare a plan. */
async function countingEngine(): Promise<{ engine: Engine; prepared: () => number }> {
  const onnx = await openOnnxEngine({
    threads: 1,
    readConstant: async (name) => new Float32Array(3 * Number(name.slice(1))).fill(1),
  });
  let count = 0;
  const counting: Engine = {
    description: onnx.description,
    tensorCount: () => onnx.tensorCount(),
    dispose: () => onnx.dispose(),
    prepare(plan) {
      count += 1;
      return onnx.prepare(plan);
    },
  };
  const engine = reusePlans(counting);
  opened.push(engine);
  return { engine, prepared: () => count };
}

async function runOnce(engine: Engine, width: number): Promise<Float32Array | undefined> {
  const plan = await engine.prepare(linearPlan(width));
  const outputs = await plan.run(SIZES, new Map([['x', X]]));
  await plan.dispose();
  return outputs.get('y');
}

it('prepares a plan that is recorded alike once, and gives the same results from it', async () => {
  const { engine, prepared } = await countingEngine();
  expect(await runOnce(engine, 1)).toEqual(Float32Array.of(6, 15));
  expect(await runOnce(engine, 1)).toEqual(Float32Array.of(6, 15));
  expect(await runOnce(engine, 2)).toEqual(Float32Array.of(6, 6, 15, 15));
  expect(prepared()).toBe(2);
});

it('prepares again what is in use, so that two trials at once do not share a plan', async () => {
  const { engine, prepared } = await countingEngine();
  const plans = [await engine.prepare(linearPlan(1)), await engine.prepare(linearPlan(1))];
  expect(prepared()).toBe(2);
  for (const plan of plans) await plan.dispose();
});

it('keeps the two plans disposed of last, and disposing twice counts once', async () => {
  const { engine, prepared } = await countingEngine();
  for (const width of [1, 2, 3]) await runOnce(engine, width);
  const third = await engine.prepare(linearPlan(3));
  await third.dispose();
  await third.dispose();
  await runOnce(engine, 2);
  expect(prepared()).toBe(3);
  await runOnce(engine, 1);
  expect(prepared()).toBe(4);
});

it('does not keep a plan that failed', async () => {
  const { engine, prepared } = await countingEngine();
  const plan = await engine.prepare(linearPlan(1));
  await expect(plan.run(SIZES, new Map())).rejects.toThrow('"x"');
  await plan.dispose();
  expect(await runOnce(engine, 1)).toEqual(Float32Array.of(6, 15));
  expect(prepared()).toBe(2);
});
