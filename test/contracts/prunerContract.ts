import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPruner, STARTUP_TRIALS } from '../../shared/search/pruners/createPruner.ts';
import type { EndedCurve } from '../../shared/search/pruners/pruner.ts';
import type { SearchSettings } from '../../shared/search/searchFields.ts';

const RUNS = 500;

/** What every pruner promises, on random curves. */
export function prunerContract(pruner: SearchSettings['pruner']): void {
  const overCases = (check: (situation: Situation) => void) =>
    fc.assert(fc.property(situations(), check), { numRuns: RUNS });
  const ask = ({ epochs, pruneAfter, others }: Situation, curve: readonly number[]) =>
    createPruner({ pruner, pruneAfter }, epochs)(curve, others);

  describe(`pruner ${pruner}`, () => {
    it('ends no trial before its share of epochs, nor after the last', () => {
      overCases((situation) => {
        const { curve, epochs, pruneAfter } = situation;
        for (let epoch = 1; epoch <= epochs; epoch++) {
          if (epoch < epochs && epoch / epochs >= pruneAfter) continue;
          expect(ask(situation, curve.slice(0, epoch))).toBeNull();
        }
      });
    });

    it(`ends none before ${STARTUP_TRIALS} trials have finished`, () => {
      overCases((situation) => {
        const finished = situation.others.filter((other) => other.finished).slice(0, STARTUP_TRIALS - 1);
        const others = [...finished, ...situation.others.filter((other) => !other.finished)];
        for (let epoch = 1; epoch <= situation.epochs; epoch++) {
          expect(ask({ ...situation, others }, situation.curve.slice(0, epoch))).toBeNull();
        }
      });
    });

    it('decides the same again, in whatever order the others ended', () => {
      overCases((situation) => {
        const reversed = { ...situation, others: situation.others.toReversed() };
        for (let epoch = 1; epoch <= situation.epochs; epoch++) {
          const curve = situation.curve.slice(0, epoch);
          expect(ask(reversed, curve)).toBe(ask(situation, curve));
        }
      });
    });

    it('ends no trial that is at no epoch behind any other', () => {
      overCases((situation) => {
        const { epochs, others } = situation;
        const best = Array.from({ length: epochs }, (_, i) => Math.min(1, ...others.map(({ curve }) => curve[i] ?? 1)));
        for (let epoch = 1; epoch <= epochs; epoch++) expect(ask(situation, best.slice(0, epoch))).toBeNull();
      });
    });

    it('ends whatever is worse all along than a trial that it ends', () => {
      overCases((situation) => {
        for (let epoch = 1; epoch <= situation.epochs; epoch++) {
          const curve = situation.curve.slice(0, epoch);
          if (ask(situation, curve) === null) continue;
          expect(
            ask(
              situation,
              curve.map((mse) => mse + 0.5),
            ),
          ).not.toBeNull();
        }
      });
    });
  });
}

interface Situation {
  readonly epochs: number;
  readonly pruneAfter: number;
  /** Of `epochs` epochs. */
  readonly curve: readonly number[];
  readonly others: readonly EndedCurve[];
}

/** Trials of 3 to 12 epochs, with ties; pruned ones and some that stopped early are shorter. */
function situations(): fc.Arbitrary<Situation> {
  const mse = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);
  return fc.integer({ min: 3, max: 12 }).chain((epochs) => {
    const curveOf = (least: number) => fc.array(mse, { minLength: least, maxLength: epochs });
    return fc
      .record({
        epochs: fc.constant(epochs),
        pruneAfter: fc.constantFrom(0, 0.25, 0.4, 0.5, 0.6),
        curve: curveOf(epochs),
        others: fc.array(fc.record({ finished: fc.boolean(), curve: curveOf(1) }), { minLength: 5, maxLength: 14 }),
      })
      .map((situation) => Object.freeze(situation));
  });
}
