import { expect, test } from 'vitest';
import { classOfScore, type Example } from '../../shared/data/example.ts';
import { summarise } from '../../shared/metrics/evaluationReport.ts';
import { trivialPredictor } from '../../shared/metrics/trivialPredictor.ts';

function exampleOf(score: number, i: number): Example {
  return { id: String(i), text: `text ${i}`, score, label: classOfScore(score) };
}

const examples = [-0.9, -0.2, 0, 0.3, 0.8].map(exampleOf);

/** Logits whose largest is the wanted class. */
function logitsOf(labels: readonly number[]): number[] {
  return labels.flatMap((label) => [0, 1, 2, 3, 4].map((k) => (k === label ? 1 : -k)));
}

test('joins scores and classes in one report of plain data', () => {
  const report = summarise(examples, [-0.9, -0.2, 0, 0.3, 0.6], logitsOf([0, 1, 2, 3, 3]), { worst: 2 });
  expect(report.exampleCount).toBe(5);
  expect(report.metrics.mse).toBeCloseTo(0.2 ** 2 / 5, 15);
  expect(report.metrics.accuracy).toBe(4 / 5);
  expect(report.classReport.map((row) => [row.name, row.support])).toEqual([
    ['strong negative', 1],
    ['negative', 1],
    ['neutral', 1],
    ['positive', 1],
    ['strong positive', 1],
  ]);
  expect(report.confusion[4]).toEqual([0, 0, 0, 1, 0]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('lists the worst rows first, equal misses in the order of the data', () => {
  const { worst } = summarise(examples, [-0.9, 0.3, 0.5, 0.3, -0.2], logitsOf([0, 1, 2, 3, 4]), { worst: 3 });
  expect(worst.map((row) => [row.id, row.predictedScore, row.predictedLabel])).toEqual([
    ['4', -0.2, 4],
    ['1', 0.3, 1],
    ['2', 0.5, 2],
  ]);
});

test('measures raw output unless told to clip it to [-1, 1]', () => {
  const scores = [-1.9, -0.2, 0, 0.3, 0.8];
  const logits = logitsOf([0, 1, 2, 3, 4]);
  expect(summarise(examples, scores, logits).metrics.mae).toBeCloseTo(1 / 5, 15);
  expect(summarise(examples, scores, logits, { clip: true }).metrics.mae).toBeCloseTo(0.1 / 5, 15);
});

test('takes the lower class of two equal logits', () => {
  const { confusion } = summarise(examples.slice(0, 1), [0], [1, 1, 1, 0, 0]);
  expect(confusion[0]).toEqual([1, 0, 0, 0, 0]);
});

test('refuses logits that are not finite, naming the example', () => {
  const logits = logitsOf([0, 1]);
  logits[7] = Number.NaN;
  expect(() => summarise(examples.slice(0, 2), [0, 0], logits)).toThrow(
    'the class logits of example 2 must be finite, got NaN',
  );
});

test('the trivial predictor answers with the mean score and the commonest class of the training part', () => {
  const train = [0.6, 0.8, -0.2].map(exampleOf);
  const { score, label, metrics } = trivialPredictor(train, examples);
  expect(score).toBeCloseTo(1.2 / 3, 15);
  expect(label).toBe(4);
  // Against -0.9, -0.2, 0, 0.3, 0.8: |errors| 1.3, 0.6, 0.4, 0.1, 0.4.
  expect(metrics.mae).toBeCloseTo(2.8 / 5, 14);
  expect(metrics.accuracy).toBe(1 / 5);
  expect(metrics.pearson).toBeNull();
});

test('the trivial predictor takes the lower class where two are equally common', () => {
  expect(trivialPredictor([0.8, -0.8].map(exampleOf), examples).label).toBe(0);
});
