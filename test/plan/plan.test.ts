import { describe, expect, it } from 'vitest';
import type { Value } from '../../shared/plan/operation.ts';
import { deathsAfter, type Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { CASE_SIZES, drawTensors } from '../support/operationCases.ts';
import { runReference } from '../support/referenceEngine.ts';

describe('deathsAfter', () => {
  it('lets a value die after the last operation that reads it, and never an output or a given value', () => {
    const recorder = new Recorder();
    const x = recorder.batch('x', ['B', 4]);
    const hidden = recorder.tanh(x);
    const gate = recorder.sigmoid(hidden);
    const y = recorder.add(hidden, gate);
    recorder.output('gate', gate);
    recorder.output('y', y);
    expect(idsByOperation(recorder.finish())).toEqual([[], [], [hidden.id]]);
  });

  it('lets a result that nobody reads die at once', () => {
    const recorder = new Recorder();
    const x = recorder.batch('x', ['B', 4]);
    const unread = recorder.tanh(x);
    const gamma = recorder.constant('gamma', [4]);
    const { y, mean, inverseStd } = recorder.layerNorm(x, gamma, gamma, 1e-5);
    recorder.output('y', y);
    expect(idsByOperation(recorder.finish())).toEqual([[unread.id], [mean.id, inverseStd.id]]);
  });

  it('lets a value that one operation reads twice die once', () => {
    const recorder = new Recorder();
    const doubled = recorder.tanh(recorder.batch('x', ['B', 4]));
    recorder.output('y', recorder.add(doubled, doubled));
    expect(idsByOperation(recorder.finish())).toEqual([[], [doubled.id]]);
  });

  it('names only values whose numbers are not needed any more', () => {
    const plan = branchingPlan();
    const [sizes = new Map()] = CASE_SIZES;
    const { given, constants } = drawTensors({ plan, draws: {} }, sizes, 1);
    const tensors = new Map([...given, ...constants]);
    const kept = runReference(plan, sizes, tensors);
    expect(runReference(plan, sizes, tensors, { poisonDead: true })).toEqual(kept);
    expect(deathsAfter(plan).flat().length).toBe(7);
  });
});

function idsByOperation(plan: Plan): number[][] {
  return deathsAfter(plan).map((values: Value[]) => values.map(({ id }) => id));
}

/** A block with a residual and its gradient: values of the forward pass are read again far later. */
function branchingPlan(): Plan {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 6]);
  const weight = recorder.constant('weight', [6, 6]);
  const hidden = recorder.matMul(x, weight, { transposeB: true });
  const active = recorder.gelu(hidden);
  const sum = recorder.add(active, x);
  const { y, mean, inverseStd } = recorder.layerNorm(
    sum,
    recorder.constant('gamma', [6]),
    recorder.constant('beta', [6]),
    1e-5,
  );
  recorder.output('y', y);
  const dSum = recorder.layerNormGradient(recorder.batch('dy', y.shape), {
    x: sum,
    gamma: recorder.constant('gamma', [6]),
    mean,
    inverseStd,
  });
  const dHidden = recorder.geluGradient(dSum, hidden);
  recorder.output('dx', recorder.matMul(dHidden, weight, { addend: dSum }));
  return recorder.finish();
}
