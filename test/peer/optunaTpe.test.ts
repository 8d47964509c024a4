import { expect, test } from 'vitest';
import { surrogateStrategy } from '../../shared/search/strategies/surrogate.ts';
import { tpeRow, whyNoOptuna } from '../bench/optunaTpe.ts';
import { noisyTwin, printedGrid } from '../bench/paperSurfaces.ts';
import { COUNTS, regretRow } from '../bench/searchQuality.ts';

const missing = whyNoOptuna();
if (missing !== null) console.log(`Optuna peer test skipped: ${missing}`);

const SEEDS = 100;
const TIMEOUT_MS = 300_000;

test.skipIf(missing !== null).for([
  { make: printedGrid, counts: [16, 24] as const },
  { make: noisyTwin, counts: [16] as const },
])("the surrogate is below Optuna's TPE after $counts trainings", { timeout: TIMEOUT_MS }, ({ make, counts }) => {
  const surface = make(Number.POSITIVE_INFINITY);
  const tpe = tpeRow(surface, SEEDS);
  const ours = regretRow(surface, 'surrogate', surrogateStrategy(), SEEDS);
  for (const count of counts) {
    const place = COUNTS.indexOf(count);
    expect(ours.regret[place]).toBeLessThan(tpe.regret[place] ?? 0);
  }
});
