import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';
import { chooseBest } from '../../shared/search/chooseBest.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import { PYTHON } from '../support/peerPython.ts';
import { BUDGETS, noisyTwin, printedGrid } from './paperSurfaces.ts';
import { regretsOf } from './regretCurve.ts';
import { COUNTS, type RegretRow, summarise } from './searchQuality.ts';
import { reachableRanks, shownScore, type Surface } from './surface.ts';

const SCRIPT = join(import.meta.dirname, '..', 'peer', 'optuna_tpe.py');
const MOST_OUTPUT_BYTES = 256 * 2 ** 20;

/** For each seed the vectors that TPE trained, in order. */
const VisitsSchema = v.array(v.array(v.array(v.number())));

/** Regret of Optuna's TPE, whose answer is its lowest score, on the surfaces of `measureRegret`. */
export function* measureTpe(seeds: number): Generator<RegretRow> {
  for (const make of [printedGrid, noisyTwin]) for (const budget of BUDGETS) yield tpeRow(make(budget), seeds);
}

/** A vector asked again, and one over the budget, costs TPE nothing. */
export function tpeRow(surface: Surface, seeds: number): RegretRow {
  const { space } = surface;
  const reachable = reachableRanks(space);
  const job = {
    allowed: space.allowed,
    groups: space.groups.length,
    trials: Math.max(...COUNTS),
    studies: Array.from({ length: seeds }, (_, seed) =>
      Object.fromEntries(reachable.map((ranks) => [ranksKey(ranks), shownScore(surface, ranks, seed)])),
    ),
  };
  const output = execFileSync(PYTHON, [SCRIPT], {
    input: JSON.stringify(job),
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT_BYTES,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const curves = v.parse(VisitsSchema, JSON.parse(output)).map((visits, seed) => {
    const outcomes = visits.map((ranks) => ({ ranks, score: shownScore(surface, ranks, seed) }));
    return regretsOf(surface, outcomes, chooseBest, COUNTS);
  });
  return summarise(surface, "Optuna's TPE", curves);
}

/** Why Optuna cannot be asked here, or null. */
export function whyNoOptuna(): string | null {
  try {
    execFileSync(PYTHON, ['-c', 'from optuna.trial import Trial; Trial.set_constraint'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return `${PYTHON} (DARSE_PYTHON) lacks optuna 5 or later: ${reason}`;
  }
}
