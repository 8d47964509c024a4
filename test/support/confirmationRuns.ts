import type { GroupRanks } from '../../shared/search/rankSpace.ts';
import type { ConfirmationArm } from '../../shared/search/verdict/confirmationArm.ts';
import { foldKey, normalAt, type RandomKey, randomKey } from '../../shared/study/random.ts';

/** SD, as a share of the MSE, of what a seed does to all vectors alike (measured on MiniLM). */
const SEED_DEVIATION = 0.12;
/** SD of the log of what makes a row harder for one vector than for another, on every seed and on one seed alone. */
const ROW_DEVIATION = 0.2;
const ROW_SEED_DEVIATION = 0.3;

export interface ConfirmationPlan {
  readonly seeds: number;
  readonly rows: number;
  /** SD of a run beside the other runs of its seed, as a share of the MSE. */
  readonly runDeviation: number;
}

/**
 * Squared errors as two-way random effects: mse · z_row² · (1 + seed + run) · e^(row of arm) · e^(row of run), the last two of mean 1.
 * Arms of one study share rows and seeds; `study` and `ranks` give all of it.
 */
export function drawConfirmation(
  study: number,
  ranks: GroupRanks,
  mse: number,
  plan: ConfirmationPlan,
): ConfirmationArm {
  const common = randomKey(study, 'confirmation');
  const arm = randomKey(study, 'confirmation arm', ...ranks);
  const rows = Array.from({ length: plan.rows }, (_, row) => {
    return mse * normalAt(foldKey(common, 0), row) ** 2 * unitLogNormal(ROW_DEVIATION, foldKey(arm, 0), row);
  });
  const runs = Array.from({ length: plan.seeds }, (_, seed) => {
    const shift = SEED_DEVIATION * normalAt(foldKey(common, 1), seed);
    const own = plan.runDeviation * normalAt(foldKey(arm, 1), seed);
    const key = foldKey(arm, 2 + seed);
    const level = Math.max(0, 1 + shift + own);
    return {
      seed,
      squaredErrors: rows.map((error, row) => error * level * unitLogNormal(ROW_SEED_DEVIATION, key, row)),
    };
  });
  return { ranks, runs };
}

function unitLogNormal(deviation: number, key: RandomKey, index: number): number {
  return Math.exp(deviation * normalAt(key, index) - deviation ** 2 / 2);
}
