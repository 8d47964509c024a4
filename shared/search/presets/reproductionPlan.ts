import { affordableRanks } from '../affordableRanks.ts';
import { createAskTell } from '../createAskTell.ts';
import { createStrategy } from '../createStrategy.ts';
import { rankCost, type RankSpace } from '../rankSpace.ts';
import { firstSweepTrainings } from '../strategies/coarse.ts';
import type { StudySettings } from '../studyFields.ts';
import { PRESET_TABLES, type Reproduction } from './paperPresets.ts';

/** What an experiment will train, told before it starts. `trainRows`: texts of the training part. */
export function reproductionPlan(
  { preset, scale }: Reproduction,
  settings: StudySettings,
  space: RankSpace,
  trainRows: number,
): string {
  const steps = settings.epochs * Math.ceil(trainRows / settings.batch);
  const each = `of ${settings.epochs} epochs, ${count(steps)} steps each`;
  const name = `plan of ${preset} at ${scale} scale`;
  const most = settings.trials ?? Number.POSITIVE_INFINITY;
  if (PRESET_TABLES[preset].trainings === null) {
    const vectors = Math.min(Number(affordableRanks(space).count), most);
    const first = Math.min(firstSweepTrainings(space), most);
    return `${name}: at most ${first} trainings in its first sweep, at most ${vectors} in all, ${each}`;
  }
  const costs = vectorsOf(settings, space)
    .map((ranks) => rankCost(space, ranks))
    .slice(0, most);
  const [least, greatest] = [Math.min(...costs), Math.max(...costs)];
  const sum = costs.reduce((total, cost) => total + cost, 0);
  return (
    `${name}: ${costs.length} trainings ${each}; ` +
    `${count(least)} to ${count(greatest)} adapter parameters, ${count(sum)} in all`
  );
}

/** The vectors of a strategy that asks for the same ones whatever comes of them. */
function vectorsOf(settings: StudySettings, space: RankSpace) {
  const study = createAskTell(createStrategy(settings, space), space, settings.seed);
  for (let batch = study.ask(); batch !== null; batch = study.ask()) {
    for (const { ranks } of batch) study.tell({ ranks, score: null });
  }
  return study.outcomes().map(({ ranks }) => ranks);
}

function count(number: number): string {
  return number.toLocaleString('en');
}
