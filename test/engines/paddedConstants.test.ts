import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../shared/engines/engine.ts';
import { paddedConstants, resized } from '../../shared/engines/onnx/paddedConstants.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';
import { drawTensors } from '../support/operationCases.ts';
import { runReference } from '../support/referenceEngine.ts';

const WIDE = 1024;
/** Of the largest element: sums of 1024 products, each rounded to 6e-8. */
const TOLERANCE = 1e-5;

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('the padding of wide constants', () => {
  it('goes to both weights and the bias of a feed-forward layer, forward and backward', () => {
    expect(Object.fromEntries(paddedConstants(feedForward()))).toEqual({
      up: [WIDE + 16, 8],
      'up.bias': [WIDE + 16],
      down: [8, WIDE + 16],
    });
  });

  it('spares a width that a trained tensor, an output or another operation has', () => {
    const adapted = feedForward((recorder, hidden) =>
      recorder.matMul(hidden, recorder.parameter('lora_A', [2, WIDE]), { transposeB: true }),
    );
    const shown = feedForward((recorder, hidden) => recorder.add(hidden, hidden));
    const normed = feedForward((recorder, hidden) => {
      const [gamma, beta] = [recorder.constant('gamma', [WIDE]), recorder.constant('beta', [WIDE])];
      const { mean } = recorder.layerNorm(hidden, gamma, beta, 1e-5);
      return mean;
    });
    for (const plan of [adapted, shown, normed]) expect([...paddedConstants(plan)]).toEqual([]);
  });

  it('changes no result on engine onnx', async () => {
    const plan = feedForward();
    const sizes = new Map([
      ['B', 3],
      ['T', 2],
    ]);
    const { given, constants } = drawTensors({ plan, draws: {} }, sizes, 0);
    const engine = await openOnnxEngine({ readConstant: async (name) => constants.get(name) ?? new Float32Array() });
    engines.push(engine);
    const found = await (await engine.prepare(plan)).run(sizes, given);
    for (const [name, wanted] of runReference(plan, sizes, new Map([...given, ...constants]))) {
      const numbers = found.get(name);
      expect(numbers?.length).toBe(wanted.length);
      const scale = Math.max(...wanted.map(Math.abs));
      wanted.forEach((value, i) =>
        expect(Math.abs(value - (numbers?.[i] ?? Number.NaN)) / scale).toBeLessThan(TOLERANCE),
      );
    }
  });
});

it('resizes rows and columns there and back', () => {
  const padded = resized(Float32Array.of(1, 2, 3, 4), [2, 2], [3, 3]);
  expect([...padded]).toEqual([1, 2, 0, 3, 4, 0, 0, 0, 0]);
  expect([...resized(padded, [3, 3], [2, 2])]).toEqual([1, 2, 3, 4]);
  expect([...resized(Float32Array.of(1, 2), [2], [4])]).toEqual([1, 2, 0, 0]);
});

/** A feed-forward layer and its gradient; `read` makes one more output of its inner values. */
function feedForward(
  read?: (recorder: Recorder, hidden: ReturnType<Recorder['gelu']>) => ReturnType<Recorder['gelu']>,
): Plan {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 8]);
  const [up, down] = [recorder.constant('up', [WIDE, 8]), recorder.constant('down', [8, WIDE])];
  const inner = recorder.matMul(x, up, { transposeB: true, addend: recorder.constant('up.bias', [WIDE]) });
  const hidden = recorder.gelu(inner);
  const y = recorder.matMul(hidden, down, { transposeB: true });
  recorder.output('y', y);
  recorder.output('dx', recorder.matMul(recorder.geluGradient(recorder.matMul(y, down), inner), up));
  if (read) recorder.output('read', read(recorder, hidden));
  return recorder.finish();
}
