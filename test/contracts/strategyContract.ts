import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affordableRanks } from '../../shared/search/affordableRanks.ts';
import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from '../../shared/search/rankSpace.ts';
import type { Outcome, Proposals, Strategy } from '../../shared/search/strategy.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

/** A strategy that asks for so many vectors in a space of at most 64 is taken to ask for ever. */
const MOST_ASKED = 20_000;

export interface ContractOptions {
  /** Random spaces per promise. */
  readonly runs?: number;
}

/** What every strategy promises, on random spaces of at most 64 vectors with random outcomes. */
export function strategyContract(name: string, create: () => Strategy, { runs = 100 }: ContractOptions = {}): void {
  const overSpaces = (check: (space: RankSpace, seed: number, trial: Trial) => void) =>
    fc.assert(fc.property(spaces(), fc.nat(1e6), fc.constantFrom(...TRIALS), check), { numRuns: runs });

  describe(`strategy ${name}`, () => {
    it('proposes affordable vectors of allowed ranks only, and ends', () => {
      overSpaces((space, seed, trial) => {
        const { outcomes } = play(create(), space, seed, trial);
        for (const { ranks } of outcomes) {
          expect(ranks).toHaveLength(space.groups.length);
          expect(ranks.filter((rank) => !space.allowed.includes(rank))).toEqual([]);
          expect(isAffordable(space, ranks)).toBe(true);
        }
        const trained = new Set(outcomes.map(({ ranks }) => ranksKey(ranks)));
        expect(BigInt(trained.size)).toBeLessThanOrEqual(affordableRanks(space).count);
      });
    });

    it('trains at least one vector of any space', () => {
      overSpaces((space, seed, trial) => {
        expect(play(create(), space, seed, trial).outcomes.length).toBeGreaterThan(0);
      });
    });

    it('proposes the same again for the same seed and outcomes, whatever else runs in between', () => {
      overSpaces((space, seed, trial) => {
        const strategy = create();
        const first = play(strategy, space, seed, trial);
        const other = strategy.propose(space, seed + 1);
        other.next();
        expect(play(strategy, space, seed, trial)).toEqual(first);
        expect(play(create(), space, seed, trial)).toEqual(first);
      });
    });

    it('answers with a vector that finished', () => {
      overSpaces((space, seed, trial) => {
        const { outcomes, best } = play(create(), space, seed, trial);
        const finished = outcomes.filter(({ score }) => score !== null).map(({ ranks }) => ranksKey(ranks));
        if (finished.length === 0) expect(best).toBeNull();
        else expect(finished).toContain(best && ranksKey(best));
      });
    });

    it('answers at any moment, with nothing before anything finished', () => {
      overSpaces((space, seed, trial) => {
        const strategy = create();
        const { outcomes } = play(strategy, space, seed, trial);
        expect(strategy.choose(space, [])).toBeNull();
        for (let told = 1; told <= outcomes.length && told <= 8; told++) {
          const sofar = outcomes.slice(0, told);
          const best = strategy.choose(space, sofar);
          expect(best === null).toBe(sofar.every(({ score }) => score === null));
        }
      });
    });
  });
}

/** What training a vector gives: an outcome from ranks and seed alone. */
type Trial = (ranks: GroupRanks, seed: number) => Omit<Outcome, 'ranks'>;

const valueOf = (ranks: GroupRanks, seed: number) => uniformAt(randomKey(seed, 'contract', ...ranks), 0);

const TRIALS: readonly Trial[] = [
  (ranks, seed) => ({ score: valueOf(ranks, seed) }),
  // A third of the trials fails.
  (ranks, seed) => ({ score: valueOf(ranks, seed) < 1 / 3 ? null : valueOf(ranks, seed) }),
  () => ({ score: null }),
  // All alike: nothing to climb.
  () => ({ score: 0.02 }),
  () => ({ score: 0 }),
  (ranks, seed) => ({ score: valueOf(ranks, seed), importance: ranks.map((rank, i) => rank * (i + 1)) }),
];

/** One to three groups of like or unlike cost, one to four allowed ranks, a budget from the least vector's cost up. */
function spaces(): fc.Arbitrary<RankSpace> {
  return fc
    .record({
      unitCosts: fc.array(fc.constantFrom(1, 64, 96, 1500), { minLength: 1, maxLength: 3 }),
      allowed: fc.uniqueArray(fc.constantFrom(0, 1, 2, 4, 8, 12, 16, 64), { minLength: 1, maxLength: 4 }),
      share: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ unitCosts, allowed, share }) => {
      const ascending = allowed.toSorted((a, b) => a - b);
      const perRank = unitCosts.reduce((sum, cost) => sum + cost, 0);
      const [least = 0, greatest = 0] = [ascending[0], ascending.at(-1)];
      return freeze({
        groups: unitCosts.map((unitCost, i) => ({ name: `group ${i + 1}`, modules: [], unitCost })),
        allowed: ascending,
        budget: share === Number.POSITIVE_INFINITY ? share : perRank * (least + share * (greatest - least)),
      });
    });
}

/** Everything asked, in order (a vector asked again counts again), and the answer at the end. */
function play(strategy: Strategy, space: RankSpace, seed: number, trial: Trial) {
  const outcomes: Outcome[] = [];
  const proposals: Proposals = strategy.propose(space, seed);
  let step = proposals.next();
  while (!step.done) {
    const told = step.value.map((ranks) => freeze({ ranks: [...ranks], ...trial(ranks, seed) }));
    outcomes.push(...told);
    if (outcomes.length > MOST_ASKED) throw new Error('the strategy does not end');
    step = proposals.next(told);
  }
  return { outcomes, best: strategy.choose(space, outcomes) };
}

/** Frozen, so that a strategy that writes into what it is given throws. */
function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
