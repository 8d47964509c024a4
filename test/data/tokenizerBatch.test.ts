import { describe, expect, it } from 'vitest';
import { padTokens } from '../../shared/data/padTokens.ts';
import { positionIds } from '../../shared/data/positionIds.ts';
import { longestFirst } from '../../shared/data/tokenizer/longestFirst.ts';

describe('padding', () => {
  it('pads rows at the end and marks the tokens', () => {
    const { ids, mask } = padTokens([Int32Array.of(5, 6, 7), Int32Array.of(8), new Int32Array(0)], 3, 1);
    expect([...ids]).toEqual([5, 6, 7, 8, 1, 1, 1, 1, 1]);
    expect([...mask]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it('counts a padding token inside a text as a token of the text', () => {
    expect([...padTokens([Int32Array.of(5, 1, 7)], 4, 1).mask]).toEqual([1, 1, 1, 0]);
  });

  it('refuses a row longer than the batch', () => {
    expect(() => padTokens([Int32Array.of(1), Int32Array.of(1, 2)], 1, 0)).toThrow(
      'row 1 has 2 tokens, the batch is 1 long',
    );
  });
});

describe('position ids', () => {
  it('counts the places for BERT', () => {
    expect([...positionIds('bert', Int32Array.of(9, 0, 9, 9, 9, 0), 3, 0)]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('numbers tokens from padId + 1 for RoBERTa and leaves padding at padId, wherever it stands', () => {
    // Row 0 has the pad token 1 inside the text, row 1 at its end.
    expect([...positionIds('roberta', Int32Array.of(0, 7, 1, 8, 2, /**/ 0, 7, 2, 1, 1), 5, 1)]).toEqual([
      2, 3, 1, 4, 5, 2, 3, 4, 1, 1,
    ]);
  });

  it('refuses ids that are not whole rows', () => {
    expect(() => positionIds('bert', new Int32Array(5), 3, 0)).toThrow('5 ids are not rows of 3');
  });
});

describe('cutting pairs', () => {
  it.each([
    [3, 4, 10, [3, 4]], // fits
    [2, 9, 8, [2, 6]], // only the longer is cut
    [9, 2, 8, [6, 2]],
    [9, 9, 7, [3, 4]], // both: 7 = 3 + 4
    [20, 9, 5, [3, 2]],
    [4, 4, 1, [0, 1]],
  ])('%i and %i tokens within %i', (a, b, limit, kept) => {
    expect(longestFirst(a, b, limit)).toEqual(kept);
  });
});
