import { expect, test } from 'vitest';
import { classBalance } from '../../shared/data/classBalance.ts';
import { describeClassBalance, describeLengths } from '../../shared/data/describeData.ts';
import { lengthHistogram } from '../../shared/data/lengthHistogram.ts';

test('counts classes and shows them with bars and shares', () => {
  const balance = classBalance([0, 4, 4, 4].map((label) => ({ label })));
  expect(balance).toEqual({ total: 4, counts: [1, 0, 0, 0, 3] });
  expect(describeClassBalance(balance)).toEqual([
    `strong negative  ${'█'.repeat(10)}${' '.repeat(20)}  1   25.0 %`,
    `negative         ${' '.repeat(30)}  0    0.0 %`,
    `neutral          ${' '.repeat(30)}  0    0.0 %`,
    `positive         ${' '.repeat(30)}  0    0.0 %`,
    `strong positive  ${'█'.repeat(30)}  3   75.0 %`,
  ]);
});

test('gives quantiles by nearest rank and the texts longer than the limit', () => {
  const lengths = Array.from({ length: 200 }, (_, i) => 200 - i); // 1 … 200
  const histogram = lengthHistogram(lengths, 128);
  expect(histogram).toMatchObject({ total: 200, median: 100, p90: 180, p99: 198, max: 200, maxTokens: 128, cut: 72 });
  // 200 tokens in at most 16 bins: width 16, the last from 192 to 207 with the 9 lengths 192 … 200.
  expect(histogram.bins).toHaveLength(13);
  expect(histogram.bins[0]).toEqual({ from: 0, to: 15, count: 15 });
  expect(histogram.bins.at(-1)).toEqual({ from: 192, to: 207, count: 9 });
});

test('does not call a text of exactly the limit cut', () => {
  expect(lengthHistogram([127, 128, 129], 128).cut).toBe(1);
});

test('shows each bin from the first with texts, the quantiles and what is cut', () => {
  expect(describeLengths(lengthHistogram([3, 3, 5], 4))).toEqual([
    `3  ${'█'.repeat(30)}  2   66.7 %`,
    `4  ${' '.repeat(30)}  0    0.0 %`,
    `5  ${'█'.repeat(15)}${' '.repeat(15)}  1   33.3 %`,
    'median 3, 90 % ≤ 5, 99 % ≤ 5, longest 5',
    'cut at 4 tokens: 1 of 3 texts (33.3 %)',
  ]);
});

test('has an answer for no texts at all', () => {
  expect(lengthHistogram([], 4)).toMatchObject({ total: 0, bins: [], median: 0, max: 0, cut: 0 });
  expect(describeLengths(lengthHistogram([], 4))).toHaveLength(2);
});
