import { describe, expect, it } from 'vitest';
import { classForward } from '../../shared/heads/classHead.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runReference } from '../support/referenceEngine.ts';

const DIGITS = 12;

describe('the class head', () => {
  it('drops, is linear, tanh, drops and is linear again', () => {
    const recorder = new Recorder();
    const pooled = recorder.batch('pooled', ['B', 2]);
    const { logits } = classForward(recorder, pooled, { inputSize: 2, width: 2, classCount: 2, dropout: 0.5 });
    recorder.output('logits', logits);
    const tensors = new Map([
      ['pooled', Float64Array.of(1, 2)],
      ['classification.dropout.0', Float64Array.of(0, 2)],
      ['classification.0.weight', Float64Array.of(5, 0.25, 5, -0.5)],
      ['classification.0.bias', Float64Array.of(0, 1)],
      ['classification.dropout.1', Float64Array.of(2, 0)],
      ['classification.2.weight', Float64Array.of(1, 9, -1, 9)],
      ['classification.2.bias', Float64Array.of(0, 3)],
    ]);
    const found = runReference(recorder.finish(), new Map([['B', 1]]), tensors).get('logits');
    // dropped (0, 4); inner (1, -1), tanh; dropped again (2 tanh 1, 0); logits 2 tanh 1 and 3 - 2 tanh 1
    expect(found?.[0]).toBeCloseTo(2 * Math.tanh(1), DIGITS);
    expect(found?.[1]).toBeCloseTo(3 - 2 * Math.tanh(1), DIGITS);
  });
});
