import { problemsError } from '../../study/darseError.ts';
import { ranksKey, type GroupRanks } from '../rankSpace.ts';

/** A vector trained again on fresh seeds, and what it made of test rows that chose nothing. */
export interface ConfirmationArm {
  readonly ranks: GroupRanks;
  /** Runs of one seed in several arms share head, data order, dropout and the rows of A. */
  readonly runs: readonly ConfirmationRun[];
}

export interface ConfirmationRun {
  readonly seed: number;
  /** (prediction - target)² of each test row [R], in the same order in every run. */
  readonly squaredErrors: ArrayLike<number>;
}

/**
 * combine(a, b) of each row of each seed that both arms finished [S][R]. Throws `input` with all that is wrong: unlike
 * numbers of rows, fewer than 2, a seed twice, an error that is no number.
 */
export function pairArms(
  first: ConfirmationArm,
  second: ConfirmationArm,
  combine: (a: number, b: number) => number,
): Float64Array[] {
  const rowCount = first.runs[0]?.squaredErrors.length ?? 0;
  const problems = [...armProblems(first, rowCount), ...armProblems(second, rowCount)];
  if (problems.length > 0) throw problemsError('input', 'the confirmation runs cannot be compared:', problems);
  const others = new Map(second.runs.map((run) => [run.seed, run.squaredErrors]));
  return first.runs.flatMap(({ seed, squaredErrors }) => {
    const paired = others.get(seed);
    if (paired === undefined) return [];
    return [Float64Array.from({ length: rowCount }, (_, r) => combine(squaredErrors[r] ?? 0, paired[r] ?? 0))];
  });
}

function armProblems({ ranks, runs }: ConfirmationArm, rowCount: number): string[] {
  const seen = new Set<number>();
  return runs.flatMap(({ seed, squaredErrors }) => {
    const run = `${ranksKey(ranks)}, seed ${seed}`;
    const problems: string[] = [];
    if (seen.has(seed)) problems.push(`${run}: is there twice`);
    seen.add(seed);
    if (squaredErrors.length < 2) problems.push(`${run}: has ${squaredErrors.length} test rows, needs 2 or more`);
    if (squaredErrors.length !== rowCount) {
      problems.push(`${run}: has ${squaredErrors.length} test rows, the first run has ${rowCount}`);
    }
    const wrong = Array.from(squaredErrors).findIndex((error) => !(Number.isFinite(error) && error >= 0));
    if (wrong >= 0) problems.push(`${run}: the squared error of row ${wrong + 1} is ${squaredErrors[wrong]}`);
    return problems;
  });
}
