import { expect, it } from 'vitest';
import { holdsWeights } from '../../shared/engines/onnx/holdsWeights.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';

const MIB = 2 ** 20;

it('holds the weights of small plans, of middling ones that multiply by them twice, and of no large one', () => {
  expect(holdsWeights(planOf(128 * MIB, 'once'))).toBe(true);
  expect(holdsWeights(planOf(129 * MIB, 'once'))).toBe(false);
  expect(holdsWeights(planOf(512 * MIB, 'twice'))).toBe(true);
  expect(holdsWeights(planOf(513 * MIB, 'twice'))).toBe(false);
});

/** A product with a weight of so many bytes, and with its transpose. */
function planOf(bytes: number, uses: 'once' | 'twice'): Plan {
  const recorder = new Recorder();
  const width = bytes / 4 / 1024;
  const weight = recorder.constant('weight', [width, 1024]);
  const y = recorder.matMul(recorder.batch('x', ['B', 1024]), weight, { transposeB: true });
  recorder.output('y', uses === 'once' ? y : recorder.matMul(y, weight));
  return recorder.finish();
}
