import { expect, it } from 'vitest';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';
import { drawTensors } from '../support/operationCases.ts';

const THREADS = 2;
/** Enough rows for ONNX Runtime to spread every operation over the threads. */
const SIZES = new Map([
  ['B', 6],
  ['T', 40],
]);

it('gives the same bytes in every run and in every fresh session, with several threads', async () => {
  const plan = feedForwardPlan();
  const { given, constants } = drawTensors({ plan, draws: {} }, SIZES, 0);
  const results: ReadonlyMap<string, Float32Array>[] = [];
  for (let session = 0; session < 3; session++) {
    const readConstant = async (name: string) => constants.get(name) ?? new Float32Array();
    const engine = await openOnnxEngine({ threads: THREADS, readConstant });
    const prepared = await engine.prepare(plan);
    for (let run = 0; run < 3; run++) {
      results.push(await prepared.run(SIZES, given));
      await prepared.run(
        new Map([...SIZES, ['B', 1]]),
        drawTensors({ plan, draws: {} }, new Map([...SIZES, ['B', 1]]), run).given,
      );
    }
    await engine.dispose();
  }
  for (const result of results) expect(result).toEqual(results[0]);
});

it('describes itself: threads, versions, and that it repeats its bytes', async () => {
  const engine = await openOnnxEngine({ threads: THREADS, readConstant: async () => new Float32Array() });
  expect(engine.description).toMatchObject({ name: 'onnx', precision: 'float32', deterministic: true });
  expect(engine.description.device).toMatch(/2 threads$/);
  expect(engine.description.versions['onnxruntime-node']).toMatch(/^\d+\.\d+\.\d+/);
  await engine.dispose();
});

/** Attention and feed-forward of one block, with the gradient of its middle. */
function feedForwardPlan(): Plan {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 96]);
  const heads = recorder.splitHeads(x, 4, 'T');
  const scores = recorder.batchMatMul(heads, heads, { transposeB: true });
  const attention = recorder.attentionSoftmax(scores, recorder.batch('keyBias', ['B', 'T']), 0.2);
  const context = recorder.mergeHeads(recorder.batchMatMul(attention, heads));
  const norm = recorder.layerNorm(context, recorder.constant('gamma', [96]), recorder.constant('beta', [96]), 1e-5);
  const up = recorder.constant('up', [384, 96]);
  const hidden = recorder.matMul(norm.y, up, { transposeB: true, addend: recorder.constant('up.bias', [384]) });
  const down = recorder.matMul(recorder.gelu(hidden), recorder.constant('down', [96, 384]), { transposeB: true });
  const dHidden = recorder.geluGradient(recorder.matMul(down, recorder.constant('down', [96, 384])), hidden);
  recorder.output('down', down);
  recorder.output('dUp', recorder.matMul(dHidden, norm.y, { transposeA: true }));
  recorder.output('dBias', recorder.sumRows(dHidden));
  return recorder.finish();
}
