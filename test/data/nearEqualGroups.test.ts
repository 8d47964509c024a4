import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText, nearEqualGroups } from '../../shared/data/nearEqualGroups.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

/** Whether the first text is in one group with each of the others. */
function grouped(...texts: string[]): boolean[] {
  const [first, ...others] = nearEqualGroups(texts.map(canonicalText));
  return others.map((group) => group === first);
}

/** Sixty words out of ten thousand. */
function randomText(place: number): string {
  const key = randomKey(0, 'words', place);
  return Array.from({ length: 60 }, (_, word) => `w${Math.floor(10_000 * uniformAt(key, word))}`).join(' ');
}

test.each([
  ['case', 'Gold Rises', 'GOLD rises'],
  ['punctuation', 'Gold rises: why?', 'Gold rises -- why!!!'],
  ['white space', 'Gold  rises', ' gold\trises\n'],
  ['links', 'Gold rises https://t.co/abc', 'www.gold.example Gold rises HTTP://t.co/xyz'],
  ['width variants', 'Gold rises 5', 'Ｇｏｌｄ rises ５'],
  ['separators in numbers', 'Nifty at 8000', 'Nifty at 8,000'],
])('takes texts for equal that differ in %s only', (_, a, b) => {
  expect(grouped(a, b)).toEqual([true]);
});

test.each([
  ['letters', 'buy', 'bye'],
  ['digits', 'up 5', 'up 6'],
  ['vowel marks', 'की', 'का'],
  ['emoji, where there is nothing else', '🚀🚀', '💥'],
  ['links, where there is nothing else', 'https://a.example', 'https://b.example'],
])('keeps short texts apart that differ in %s', (_, a, b) => {
  expect(grouped(a, b)).toEqual([false]);
});

describe('near-equal texts', () => {
  const text = 'Edible oils fall on sluggish demand, global cues';

  test('share 80 % of their shingles', () => {
    // Canonical: 40 characters, 36 shingles; "Select" in front adds 6, and 36 of 42 is 0.86.
    expect(grouped(text, `Select ${text}`)).toEqual([true]);
    // Eleven characters more: 36 of 47 is 0.77.
    expect(grouped(text, `Select nicer ${text}`)).toEqual([false]);
  });

  test('may be near-equal by a third', () => {
    expect(grouped(text, `Most select ${text}`, `Select ${text}`)).toEqual([true, true]);
  });

  test('are not those that share only a beginning', () => {
    expect(grouped(text, 'Edible oils fall on fresh supply, local glut')).toEqual([false]);
  });

  test('are found among thousands of others: one changed word in sixty', () => {
    const texts = Array.from({ length: 4000 }, (_, row) => randomText(row));
    const changed = texts.map((original) => original.replace(/ \w+ /, ' another '));
    const groups = nearEqualGroups([...texts, ...changed].map(canonicalText));
    const missed = texts.filter((_, row) => groups[row] !== groups[row + texts.length]);
    expect(missed).toEqual([]);
    expect(new Set(groups).size).toBe(texts.length);
  });
});

test('groups the same texts in whatever order they come', () => {
  const near = fc.tuple(fc.constantFrom('gold rises on weak dollar', 'oil falls as supply grows'), fc.string());
  const texts = fc.array(
    fc.oneof(
      near.map(([a, b]) => `${a} ${b.slice(0, 4)}`),
      fc.string({ maxLength: 3 }),
    ),
  );
  const shuffledTexts = texts.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray([...list.keys()], { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffledTexts, ([list, order]) => {
      const canonical = list.map(canonicalText);
      const groups = nearEqualGroups(canonical);
      const shuffled = nearEqualGroups(order.map((index) => canonical[index] ?? ''));
      for (const [a, indexA] of order.entries()) {
        for (const [b, indexB] of order.entries()) {
          expect(shuffled[a] === shuffled[b]).toBe(groups[indexA] === groups[indexB]);
        }
      }
    }),
  );
});
