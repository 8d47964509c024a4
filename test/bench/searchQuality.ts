import { coarseStrategy } from '../../shared/search/strategies/coarse.ts';
import { darseStrategy } from '../../shared/search/strategies/darse.ts';
import { fineStrategy } from '../../shared/search/strategies/fine.ts';
import { gridStrategy } from '../../shared/search/strategies/grid.ts';
import { motivationStrategy } from '../../shared/search/strategies/motivation.ts';
import { randomStrategy } from '../../shared/search/strategies/random.ts';
import { surrogateStrategy } from '../../shared/search/strategies/surrogate.ts';
import { uniformSweepStrategy } from '../../shared/search/strategies/uniformSweep.ts';
import type { Strategy } from '../../shared/search/strategy.ts';
import { uniformOfBudget } from '../../shared/search/uniformOfBudget.ts';
import { testSuperiority } from '../../shared/search/verdict/superiority.ts';
import { drawConfirmation } from '../support/confirmationRuns.ts';
import { BUDGETS, noisyTwin, nullTwin, PAPER_NOISE, printedGrid } from './paperSurfaces.ts';
import { playStudy, regretCurve } from './regretCurve.ts';
import { meanOf, type Surface } from './surface.ts';
import { syntheticSurface } from './syntheticSurface.ts';

/** Numbers of trainings after which a strategy is asked for its answer. */
export const COUNTS = [4, 8, 12, 16, 24, 32] as const;

/** Trainings of a study on the null twin, and its confirmation. */
const NULL_TRIALS = 16;
const CONFIRMATION = { seeds: 5, rows: 100 };

/** The smallest step on the printed grid: what `fine` explores there. */
const GRID_STEP = { deltaR: 128, fineStep: 128 };

export const COMPETITORS: readonly { readonly name: string; readonly create: () => Strategy }[] = [
  { name: 'surrogate', create: () => surrogateStrategy() },
  { name: 'random', create: () => randomStrategy() },
  { name: 'grid', create: () => gridStrategy() },
  { name: 'coarse', create: () => coarseStrategy() },
  { name: 'fine', create: () => fineStrategy(GRID_STEP) },
  { name: 'darse', create: () => darseStrategy(GRID_STEP) },
  {
    name: 'darse, transfer, 3 restarts',
    create: () => darseStrategy({ ...GRID_STEP, transfer: true, restarts: 3 }),
  },
  { name: 'uniform-sweep', create: () => uniformSweepStrategy() },
  { name: 'motivation', create: () => motivationStrategy() },
];

export interface RegretRow {
  readonly surface: string;
  /** Limit on the total rank; null without. */
  readonly budget: number | null;
  readonly strategy: string;
  /** Mean regret after each of `COUNTS`, in percent, and its standard error. */
  readonly regret: readonly number[];
  readonly standardError: readonly number[];
}

export interface NullRow {
  readonly budget: number | null;
  readonly strategy: string;
  /** Share of studies that claim a winner where there is none. */
  readonly claims: number;
  /** Share of studies whose search answers with another vector than uniform: claimed winners, were there no confirmation. */
  readonly unconfirmed: number;
}

/** Regret of every strategy on the printed grid and on its noisy twin, free and under each budget. */
export function* measureRegret(seeds: number): Generator<RegretRow> {
  for (const make of [printedGrid, noisyTwin]) {
    for (const budget of BUDGETS) {
      for (const { name, create } of COMPETITORS) yield regretRow(make(budget), name, create(), seeds);
    }
  }
}

export function regretRow(surface: Surface, name: string, strategy: Strategy, seeds: number): RegretRow {
  const curves = Array.from({ length: seeds }, (_, seed) => regretCurve(strategy, surface, seed, COUNTS));
  return summarise(surface, name, curves);
}

/** `curves`: regret of each seed after each of `COUNTS`. */
export function summarise({ name, space }: Surface, strategy: string, curves: readonly number[][]): RegretRow {
  return { surface: name, budget: finite(space.budget), strategy, ...meansOf(curves) };
}

/** Regret on the surfaces that the surrogate's settings were chosen on, in percent of the truth's SD. */
export function* measureSynthetic(surfaces: number): Generator<RegretRow> {
  for (const { name, create } of COMPETITORS) {
    if (name !== 'surrogate' && name !== 'random') continue;
    const strategy = create();
    const curves = Array.from({ length: surfaces }, (_, i) => regretCurve(strategy, syntheticSurface(i), i, COUNTS));
    yield { surface: 'synthetic', budget: null, strategy: name, ...meansOf(curves) };
  }
}

/** How often a study on the null twin claims that its winner beats the uniform vector of its budget. */
export function* measureNull(studies: number): Generator<NullRow> {
  for (const budget of BUDGETS) {
    for (const { name, create } of COMPETITORS) yield nullRow(budget, name, create(), studies);
  }
}

export function nullRow(budget: number, name: string, strategy: Strategy, studies: number): NullRow {
  const surface = nullTwin(budget);
  const { space } = surface;
  const uniform = uniformOfBudget(space);
  const mse = meanOf([...surface.truth.values()]);
  const plan = { ...CONFIRMATION, runDeviation: PAPER_NOISE / mse };
  let claims = 0;
  let others = 0;
  for (let study = 0; study < studies; study++) {
    const outcomes = playStudy(strategy, surface, study, NULL_TRIALS).slice(0, NULL_TRIALS);
    const winner = strategy.choose(space, outcomes);
    if (winner === null || uniform === null || winner.join() === uniform.join()) continue;
    others++;
    const arms = [winner, uniform].map((ranks) => drawConfirmation(study, ranks, mse, plan));
    const [won, even] = arms;
    if (won && even && testSuperiority(won, even)?.isClaimed) claims++;
  }
  return { budget: finite(budget), strategy: name, claims: claims / studies, unconfirmed: others / studies };
}

function meansOf(curves: readonly number[][]): Pick<RegretRow, 'regret' | 'standardError'> {
  const columns = COUNTS.map((_, i) => curves.map((curve) => curve[i] ?? Number.NaN));
  const regret = columns.map((column) => meanOf(column));
  const standardError = columns.map((column, i) => {
    const squares = column.reduce((sum, value) => sum + (value - (regret[i] ?? 0)) ** 2, 0);
    return Math.sqrt(squares / Math.max(1, column.length - 1) / column.length);
  });
  return { regret, standardError };
}

function finite(budget: number): number | null {
  return Number.isFinite(budget) ? budget : null;
}
