import { confirmationArms } from '../../../search/confirmation/confirmationPlan.ts';
import { ranksKey } from '../../../search/rankSpace.ts';
import type { StudyJournal } from '../../../search/studyJournal.ts';
import type { StudySummary } from '../../../search/summariseStudy.ts';
import { armMeans } from '../../../search/verdict/armMeans.ts';
import { mean } from '../../../study/mean.ts';
import { differenceText, scoreText } from '../numberText.ts';
import type { ReportTable } from '../reportSection.ts';
import { columns } from '../table.ts';
import { vectorName } from '../vectorName.ts';

/** Test MSE of every arm at every fresh seed, and each other arm's difference to the first, the winner. */
export function confirmationTable(
  { plan, trials, end }: NonNullable<StudyJournal['confirmation']>,
  { verdict }: StudySummary,
): ReportTable {
  const arms = confirmationArms(plan);
  const names = arms.map((ranks, arm) => vectorName(ranks, arm === 0 ? 'best' : 'cheaper'));
  const scores = arms.map((ofArm) => {
    const arm = verdict.arms.find(({ ranks }) => ranksKey(ranks) === ranksKey(ofArm));
    return arm ? armMeans(arm) : new Map<number, number>();
  });
  const [won, ...others] = scores;
  const statusOf = (arm: number, seed: number) =>
    trials.find((trial) => trial.seed === seed && ranksKey(trial.ranks) === ranksKey(arms[arm] ?? []))?.status ??
    'not trained';
  const rows = plan.seeds.map((seed) => ({
    cells: [
      `seed\u00a0${seed}`,
      ...scores.map((ofArm, arm) => shown(ofArm.get(seed)) ?? statusOf(arm, seed)),
      ...others.map((ofArm) => difference(ofArm.get(seed), won?.get(seed))),
    ],
  }));
  const whole = plan.seeds.filter((seed) => scores.every((ofArm) => ofArm.has(seed)));
  const means = scores.map((ofArm) => mean(whole.map((seed) => ofArm.get(seed) ?? Number.NaN)));
  const meanRow = {
    cells: [
      'mean',
      ...means.map((value) => shown(value) ?? '–'),
      ...means.slice(1).map((value) => difference(value, means[0])),
    ],
    role: 'total',
  };
  const progress =
    end === null ? ` So far ${trials.length} of ${plan.seeds.length * arms.length} trainings have ended.` : '';
  return {
    kind: 'table',
    title: 'Every fresh seed',
    text: `Test MSE of each vector, and its difference to ${names[0]} at the same seed: start values, data order and dropout are shared, so the differences scatter less than the scores.${progress}`,
    table: {
      columns: columns(['seed'], [...names, ...names.slice(1).map((name) => `${name} − ${names[0]}`)]),
      rows: whole.length === 0 ? rows : [...rows, meanRow],
    },
    isWide: true,
  };
}

function shown(value: number | undefined): string | null {
  return value === undefined || Number.isNaN(value) ? null : scoreText(value);
}

function difference(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? '' : differenceText(value - base, base);
}
