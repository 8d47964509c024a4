import { describe, expect, it } from 'vitest';
import { labelInputs, lossMeans } from '../../shared/losses/labelInputs.ts';
import { CLASS_LOSS, REGRESSION_LOSS, taskLoss } from '../../shared/losses/taskLoss.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runReference } from '../support/referenceEngine.ts';

/** Row weights are stored in float32. */
const DIGITS = 6;
const ROWS = [
  { score: 0.5, label: 0 },
  { score: -1, label: 1 },
  { score: 0, label: 1 },
];

/** Both losses and their gradients for predictions [0, 0, 0.5] and logits of even odds, but the last row's 3 : 1. */
function losses(classWeights: readonly number[], weights = { regression: 1, classes: 1 }) {
  const recorder = new Recorder();
  const prediction = recorder.batch('prediction', ['B', 1]);
  const logits = recorder.batch('logits', ['B', 2]);
  const { dPrediction, dLogits } = taskLoss(recorder, prediction, logits, weights);
  recorder.output('dPrediction', dPrediction);
  recorder.output('dLogits', dLogits);
  const given = labelInputs(ROWS, lossMeans(ROWS, classWeights));
  const found = runReference(
    recorder.finish(),
    new Map([['B', 3]]),
    new Map<string, Float64Array | Float32Array>([
      ...given,
      ['prediction', Float64Array.of(0, 0, 0.5)],
      ['logits', Float64Array.of(0, 0, 0, 0, Math.log(3), 0)],
    ]),
  );
  return (name: string) => [...(found.get(name) ?? [])];
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, DIGITS);
}

describe('the losses of a batch', () => {
  it('are mean squared error and mean cross-entropy', () => {
    const found = losses([1, 1]);
    // (0.25 + 1 + 0.25) / 3
    expectClose(found(REGRESSION_LOSS), [0.5]);
    // (ln 2 + ln 2 + ln 4) / 3
    expectClose(found(CLASS_LOSS), [(4 * Math.LN2) / 3]);
    // 2 (p - y) / 3
    expectClose(found('dPrediction'), [-1 / 3, 2 / 3, 1 / 3]);
    // (softmax - one-hot) / 3; the last row's softmax is (3/4, 1/4)
    expectClose(found('dLogits'), [-1 / 6, 1 / 6, 1 / 6, -1 / 6, 0.25, -0.25]);
  });

  it('weigh classes as PyTorch does: by weight over the sum of the rows’ weights', () => {
    const found = losses([3, 1]);
    // (3 ln 2 + 1 ln 2 + 1 ln 4) / (3 + 1 + 1)
    expectClose(found(CLASS_LOSS), [(6 * Math.LN2) / 5]);
    expectClose(found('dLogits'), [-0.3, 0.3, 0.1, -0.1, 0.15, -0.15]);
    expectClose(found(REGRESSION_LOSS), [0.5]);
  });

  it('are told unweighted, while gradients carry w_r and w_c', () => {
    const [plain, weighted] = [losses([1, 1]), losses([1, 1], { regression: 2, classes: 0.5 })];
    expect(weighted(REGRESSION_LOSS)).toEqual(plain(REGRESSION_LOSS));
    expect(weighted(CLASS_LOSS)).toEqual(plain(CLASS_LOSS));
    expectClose(
      weighted('dPrediction'),
      plain('dPrediction').map((value) => 2 * value),
    );
    expectClose(
      weighted('dLogits'),
      plain('dLogits').map((value) => value / 2),
    );
  });

  it('divide by the whole accumulated batch, of which rows may be a part', () => {
    const means = lossMeans(ROWS, [3, 1]);
    expect(means).toEqual({ rowCount: 3, classWeights: [3, 1], classWeightSum: 5 });
    const part = labelInputs(ROWS.slice(1), means);
    expectClose([...(part.get('regressionRowWeight') ?? [])], [1 / 3, 1 / 3]);
    expectClose([...(part.get('classRowWeight') ?? [])], [0.2, 0.2]);
    expect([...(part.get('labels') ?? [])]).toEqual([0, 1, 0, 1]);
  });

  it('of rows whose classes all weigh 0 are 0 and not NaN', () => {
    const found = losses([0, 0]);
    expect(found(CLASS_LOSS)[0]).toBeCloseTo(0, DIGITS);
    expectClose(found('dLogits'), [0, 0, 0, 0, 0, 0]);
  });
});
