import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { halvingPruner } from '../../shared/search/pruners/halving.ts';
import { medianPruner } from '../../shared/search/pruners/median.ts';
import type { EndedCurve, Pruner } from '../../shared/search/pruners/pruner.ts';
import { normalAt, randomKey, shuffledIndices } from '../../shared/study/random.ts';
import { whyNoOptuna } from '../bench/optunaTpe.ts';
import { uniformCurves } from '../support/paperTables.ts';
import { PYTHON } from '../support/peerPython.ts';

const missing = whyNoOptuna();
if (missing !== null) console.log(`Optuna peer test skipped: ${missing}`);

const TIMEOUT_MS = 120_000;
const EPOCHS = 12;

/** A pruner of Optuna's and the same of ours. */
const PAIRS: readonly { readonly theirs: object; readonly ours: Pruner }[] = [
  ...[
    { startup: 0, warmup: 0 },
    { startup: 5, warmup: 0 },
    { startup: 3, warmup: 5 },
  ].map(({ startup, warmup }) => ({
    theirs: { kind: 'median', startup, warmup },
    ours: waiting(medianPruner(), startup, warmup),
  })),
  ...[
    { firstRung: 1, reductionFactor: 2 },
    { firstRung: 2, reductionFactor: 2 },
    { firstRung: 1, reductionFactor: 4 },
    { firstRung: 5, reductionFactor: 2 },
  ].map((options) => ({
    theirs: { kind: 'halving', firstRung: options.firstRung, factor: options.reductionFactor },
    ours: halvingPruner(options),
  })),
];

/** Studies as their trials' curves in order: the paper's, in several orders, and drawn ones, some with ties and early stops. */
function studies(): number[][][] {
  const printed = uniformCurves().map(({ mse }) => mse);
  const orders = Array.from({ length: 20 }, (_, seed) =>
    [...shuffledIndices(printed.length, randomKey(seed, 'order'))].map((i) => printed[i] ?? []),
  );
  const drawn = Array.from({ length: 60 }, (_, study) =>
    Array.from({ length: 15 }, (_unused, trial) => drawnCurve(study, trial)),
  );
  return [printed, ...orders, ...drawn];
}

/** Falls with the epochs, at a height and with a noise of its own; rounded, so that values meet. */
function drawnCurve(study: number, trial: number): number[] {
  const key = randomKey(study, 'curve', trial);
  const length = trial % 4 === 3 ? EPOCHS - 5 : EPOCHS;
  const height = 1 + 0.3 * normalAt(key, 0);
  return Array.from({ length }, (_, i) => Math.round(20 * (height + 1 / (i + 1) + 0.2 * normalAt(key, i + 1))) / 20);
}

test.skipIf(missing !== null)(
  "the pruners end the same trials at the same epochs as Optuna's",
  { timeout: TIMEOUT_MS },
  () => {
    const curves = studies();
    const job = { pruners: PAIRS.map(({ theirs }) => theirs), studies: curves };
    const script = join(import.meta.dirname, 'optuna_pruners.py');
    const answer = execFileSync(PYTHON, [script], {
      input: JSON.stringify(job),
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const expected: (number | null)[][][] = JSON.parse(answer);
    for (const [i, { theirs, ours }] of PAIRS.entries()) {
      const found = curves.map((study) => endsOf(study, ours));
      expect(found, JSON.stringify(theirs)).toEqual(expected[i]);
      const ended = found.flat().filter((epoch) => epoch !== null).length;
      expect(ended, `${JSON.stringify(theirs)} ends some`).toBeGreaterThan(100);
      expect(ended, `${JSON.stringify(theirs)} ends not all`).toBeLessThan(found.flat().length - 100);
    }
  },
);

/** The epoch at which each trial of a study is ended, one trial after the other. */
function endsOf(curves: readonly number[][], prune: Pruner): (number | null)[] {
  const others: EndedCurve[] = [];
  return curves.map((curve) => {
    const end = curve.findIndex((_, i) => prune(curve.slice(0, i + 1), others) !== null);
    others.push(end < 0 ? { finished: true, curve } : { finished: false, curve: curve.slice(0, end + 1) });
    return end < 0 ? null : end + 1;
  });
}

/** What `createPruner` does for both, in Optuna's terms. */
function waiting(prune: Pruner, startup: number, warmup: number): Pruner {
  return (curve, others) =>
    curve.length < warmup || others.filter(({ finished }) => finished).length < startup ? null : prune(curve, others);
}
