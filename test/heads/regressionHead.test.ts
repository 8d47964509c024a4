import { describe, expect, it } from 'vitest';
import { regressionForward, type RegressionHeadKind } from '../../shared/heads/regressionHead.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runReference } from '../support/referenceEngine.ts';

const DIGITS = 12;

function regression(kind: RegressionHeadKind): number | undefined {
  const recorder = new Recorder();
  const pooled = recorder.batch('pooled', ['B', 2]);
  const { prediction } = regressionForward(recorder, pooled, { kind, inputSize: 2, width: 2 });
  recorder.output('prediction', prediction);
  const tensors = new Map([
    ['pooled', Float64Array.of(1, 2)],
    ['regression.0.weight', Float64Array.of(1, 0, 0, -1)],
    ['regression.0.bias', Float64Array.of(-1, 2)],
    ['regression.2.weight', Float64Array.of(4, 2)],
    ['regression.2.bias', Float64Array.of(-1)],
  ]);
  return runReference(recorder.finish(), new Map([['B', 1]]), tensors).get('prediction')?.[0];
}

describe('the regression head', () => {
  it('is linear, sigmoid, linear, and not bounded', () => {
    // Inner: 1 - 1 = 0 and -2 + 2 = 0, both σ(0) = 0.5; 4·0.5 + 2·0.5 - 1 = 2
    expect(regression('paper')).toBeCloseTo(2, DIGITS);
  });

  it('lies within (-1, 1) where bounded: tanh of the same', () => {
    expect(regression('bounded')).toBeCloseTo(Math.tanh(2), DIGITS);
  });
});
