import { describe, expect, it } from 'vitest';
import { gradientName, loraLinearBackward, loraLinearForward } from '../../shared/lora/loraLinear.ts';
import { rankSymbol } from '../../shared/plan/dimension.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runReference } from '../support/referenceEngine.ts';

const MODULE = { path: 'm', inputSize: 2, outputSize: 3 };

/** y, and from dy its gradients, of one example of two tokens; rank 1, scale 0.5. */
function record(adapted: boolean, loraDropout = 0) {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 2]);
  const adaptation = { adapted: new Set(adapted ? ['m'] : []), loraDropout };
  const { y, saved } = loraLinearForward(recorder, x, MODULE, adaptation, 'tokens');
  recorder.output('y', y);
  const dy = recorder.batch('dy', ['B*T', 3]);
  const dx = loraLinearBackward(recorder, dy, saved, { needsInput: true });
  if (dx) recorder.output('dx', dx);
  return recorder.finish();
}

const SIZES = new Map([
  ['B', 1],
  ['T', 2],
  [rankSymbol('m'), 1],
]);
const TENSORS = new Map([
  ['x', Float64Array.of(1, 2, 3, 4)],
  ['m.weight', Float64Array.of(1, 0, 0, 1, 1, 1)],
  ['m.bias', Float64Array.of(10, 20, 30)],
  ['m.lora_A.weight', Float64Array.of(1, -1)],
  ['m.lora_B.weight', Float64Array.of(2, 4, 6)],
  ['m.scale', Float64Array.of(0.5)],
  ['dy', Float64Array.of(1, 0, 0, 0, 1, 1)],
  ['m.lora_dropout', Float64Array.of(2, 0, 2, 2)],
]);

describe('a linear module', () => {
  it('of rank 0 is x Wᵀ + b, and backward dy W', () => {
    const plan = record(false);
    const found = runReference(plan, SIZES, TENSORS);
    // Row 1: (1, 2, 3) + b; row 2: (3, 4, 7) + b.
    expect(found.get('y')).toEqual(Float64Array.of(11, 22, 33, 13, 24, 37));
    // (1, 0, 0) W = (1, 0); (0, 1, 1) W = (0+1, 1+1)
    expect(found.get('dx')).toEqual(Float64Array.of(1, 0, 1, 2));
    expect(plan.operations.map(({ kind }) => kind)).toEqual(['matMul', 'matMul']);
  });

  it('adds s · x Aᵀ Bᵀ, and the gradients of A, B and x', () => {
    const found = runReference(record(true), SIZES, TENSORS);
    // x Aᵀ = (-1, -1), times 0.5: (-0.5, -0.5); times Bᵀ: (-1, -2, -3) in both rows.
    expect(found.get('y')).toEqual(Float64Array.of(10, 20, 30, 12, 22, 34));
    // dB = dyᵀ (-0.5, -0.5)ᵀ = (-0.5, -0.5, -0.5)
    expect(found.get(gradientName('m.lora_B.weight'))).toEqual(Float64Array.of(-0.5, -0.5, -0.5));
    // dDown = 0.5 · dy B = 0.5 · (2, 10) = (1, 5); dA = 1·(1, 2) + 5·(3, 4) = (16, 22)
    expect(found.get(gradientName('m.lora_A.weight'))).toEqual(Float64Array.of(16, 22));
    // dx = dy W + dDown A = (1, 0) + (1, -1); (1, 2) + (5, -5)
    expect(found.get('dx')).toEqual(Float64Array.of(2, -1, 6, -3));
  });

  it('drops the input of the adapter alone, never that of W', () => {
    const found = runReference(record(true, 0.5), SIZES, TENSORS);
    // dropout(x) = (2, 0), (6, 8); Aᵀ: (2, -2), halved (1, -1); Bᵀ: (2, 4, 6), (-2, -4, -6).
    expect(found.get('y')).toEqual(Float64Array.of(13, 26, 39, 11, 20, 31));
    // dDown A = (1, -1), (5, -5), masked: (2, 0), (10, -10), on dy W.
    expect(found.get('dx')).toEqual(Float64Array.of(3, 0, 11, -8));
  });
});
