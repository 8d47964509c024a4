import { DarseError } from '../study/darseError.ts';
import type { Trial } from './evaluation.ts';
import { rankSpaceError } from './rankSpaceOf.ts';
import { type GroupRanks, isAffordable, ranksKey, type RankSpace, spaceProblems } from './rankSpace.ts';
import type { Outcome, Strategy } from './strategy.ts';

/** A strategy that repeats itself this often without asking for anything new would never end. */
const MOST_REPEATS = 100_000;

/** A search that a program drives: ask for vectors, train them, tell what came out, in any order. */
export interface AskTell {
  /** What to train, each vector once in a search's life; until all are told the same, less those told. null: nothing is left. */
  ask(): readonly Trial[] | null;
  /** A vector's outcome; a score that is no finite number counts as failed. Throws `usage` for one that was not asked. */
  tell(outcome: Outcome): void;
  /** What is known of the vectors asked so far, in the order asked. */
  outcomes(): readonly Outcome[];
  /** The best vector so far (spec.md eq. 8); null where none finished. */
  best(): GroupRanks | null;
}

/**
 * Steps 2 to 5 of the exploration loop (spec.md §3.1) around a strategy: it remembers, so no vector is asked twice.
 * `known`: outcomes of an earlier search; a vector among them is never asked. `firstNumber`: of the first trial asked.
 * Throws `usage` for an impossible space, `internal` where a strategy proposes what the space does not hold.
 */
export function createAskTell(
  strategy: Strategy,
  space: RankSpace,
  seed: number,
  known: readonly Outcome[] = [],
  firstNumber = 1,
): AskTell {
  const problems = spaceProblems(space);
  if (problems.length > 0) throw rankSpaceError(problems);
  const memory = new Map<string, Outcome>();
  for (const outcome of known) {
    const earlier = memory.get(ranksKey(outcome.ranks));
    if (earlier === undefined || earlier.score === null) memory.set(ranksKey(outcome.ranks), gated(outcome));
  }
  const asked = new Map<string, Trial>();
  const proposals = strategy.propose(space, seed);
  let step = proposals.next();

  function ask(): readonly Trial[] | null {
    for (let repeats = 0; !step.done; repeats++) {
      if (repeats > MOST_REPEATS)
        throw new DarseError('internal', 'the strategy asks for nothing new and does not end');
      const proposed = new Set(step.value.map((ranks) => trialOf(ranks)));
      const unknown = [...proposed].filter(({ ranks }) => !memory.has(ranksKey(ranks)));
      if (unknown.length > 0) return unknown;
      step = proposals.next(step.value.map((ranks) => recall(ranks)));
    }
    return null;
  }

  function trialOf(ranks: GroupRanks): Trial {
    const earlier = asked.get(ranksKey(ranks));
    if (earlier !== undefined) return earlier;
    checkProposal(space, ranks);
    const trial = { number: firstNumber + asked.size, ranks };
    asked.set(ranksKey(ranks), trial);
    return trial;
  }

  function recall(ranks: GroupRanks): Outcome {
    return memory.get(ranksKey(ranks)) ?? { ranks, score: null };
  }

  function outcomes(): readonly Outcome[] {
    return [...asked.keys()].flatMap((key) => memory.get(key) ?? []);
  }

  return {
    ask,
    tell(outcome) {
      const key = ranksKey(outcome.ranks);
      if (!asked.has(key) || memory.has(key)) {
        throw new DarseError('usage', `ranks ${key} ${asked.has(key) ? 'were told before' : 'were not asked for'}`);
      }
      memory.set(key, gated(outcome));
    },
    outcomes,
    best: () => strategy.choose(space, outcomes()),
  };
}

/** NaN and infinities never become a score. */
function gated(outcome: Outcome): Outcome {
  return Number.isFinite(outcome.score) ? outcome : { ranks: outcome.ranks, score: null };
}

function checkProposal(space: RankSpace, ranks: GroupRanks): void {
  const fits = ranks.length === space.groups.length && ranks.every((rank) => space.allowed.includes(rank));
  if (!fits || !isAffordable(space, ranks)) {
    throw new DarseError('internal', `the strategy proposed ${ranksKey(ranks)}, which the rank space does not hold`);
  }
}
