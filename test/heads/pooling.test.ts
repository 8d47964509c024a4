import { describe, expect, it } from 'vitest';
import { poolForward } from '../../shared/heads/pooling.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runReference } from '../support/referenceEngine.ts';

describe('pooling', () => {
  it('takes the mean of the tokens by their weights', () => {
    const recorder = new Recorder();
    recorder.output('mean', poolForward(recorder, recorder.batch('hidden', ['B*T', 2]), 'mean'));
    const tensors = new Map([
      ['hidden', Float64Array.of(1, 2, 3, 4, 100, 100)],
      ['poolWeights', Float64Array.of(0.5, 0.5, 0)],
    ]);
    const sizes = new Map([
      ['B', 1],
      ['T', 3],
    ]);
    expect(runReference(recorder.finish(), sizes, tensors).get('mean')).toEqual(Float64Array.of(2, 3));
  });

  it('takes the first token as it comes, for the last layer has computed no other', () => {
    const recorder = new Recorder();
    const first = recorder.batch('first', ['B', 2]);
    expect(poolForward(recorder, first, 'first')).toBe(first);
    expect(recorder.finish().operations).toEqual([]);
  });
});
