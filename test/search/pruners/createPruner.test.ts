import { describe, expect, it } from 'vitest';
import { createPruner } from '../../../shared/search/pruners/createPruner.ts';
import { SEARCH_FIELDS } from '../../../shared/search/searchFields.ts';

/** Finished trials that are better all along. */
const BETTER = Array.from({ length: 9 }, () => ({ finished: true, curve: Array.from({ length: 100 }, () => 1) }));

/** The epochs at which the worst trial would be ended. */
function prunableEpochs(pruner: 'median' | 'halving', pruneAfter: number, epochs: number): number[] {
  const prune = createPruner({ pruner, pruneAfter }, epochs);
  const curve = Array.from({ length: epochs }, () => 2);
  return curve.map((_, i) => i + 1).filter((epoch) => prune(curve.slice(0, epoch), BETTER) !== null);
}

describe('a pruner', () => {
  it('is none by default, which ends nothing, and waits for 40 % of the epochs', () => {
    expect(SEARCH_FIELDS.pruner.default).toBe('none');
    expect(SEARCH_FIELDS.pruneAfter.default).toBe(0.4);
    expect(createPruner({ pruner: 'none', pruneAfter: 0 }, 1)([2], BETTER)).toBeNull();
  });

  it.each([
    ['median', 0.4, 5, [2, 3, 4]],
    ['median', 0.4, 3, [2]],
    ['median', 0.07, 100, Array.from({ length: 93 }, (_, i) => i + 7)],
    ['median', 0, 3, [1, 2]],
    ['halving', 0.4, 10, [4, 8]],
    ['halving', 0.4, 100, [40, 80]],
    ['halving', 0, 10, [1, 2, 4, 8]],
  ] as const)('%s after %d of %d epochs may end a trial at epochs %j', (pruner, after, epochs, expected) => {
    expect(prunableEpochs(pruner, after, epochs)).toEqual(expected);
  });

  it.each([
    ['median', 0.4, 1],
    ['halving', 0.9, 3],
    ['median', 1, 100],
  ] as const)('%s after %d of %d epochs, which could end nothing, is refused', (pruner, pruneAfter, epochs) => {
    expect(() => createPruner({ pruner, pruneAfter }, epochs)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(/take more epochs or a smaller --prune-after/),
      }),
    );
  });
});
