import { confirmationArms } from '../confirmation/confirmationPlan.ts';
import type { StudyJournal } from '../studyJournal.ts';
import type { PhaseForecast } from './planForecast.ts';
import { exactly, type Range } from './range.ts';

/** The seconds that each part of a study still takes. */
export interface StudyLeft {
  readonly rates: Range;
  readonly search: Range;
  readonly confirmation: Range;
}

/**
 * What is left of a study by its forecast and by what its trainings really took: (trainings left) / (trainings forecast) · (seconds forecast) · pace, where
 * pace = (p + Σ seconds taken) / (p + Σ seconds forecast) over the trainings that finished, p being one training of the forecast. How far the steps' times are
 * spread counts less with every training. null without a forecast.
 */
export function studyLeft(journal: StudyJournal): StudyLeft | null {
  const { forecast, rates, rateRule, trials, end, confirmation } = journal;
  if (forecast === null) return null;
  const each = forecast.search.each.middle;
  const expectedOf = (phase: PhaseForecast | null) => phase?.each.middle || each;
  const took = [
    ...rates.map((training) => ({ training, expected: expectedOf(forecast.rates) })),
    ...trials.map((training) => ({ training, expected: expectedOf(forecast.search) })),
    ...(confirmation?.trials ?? []).map((training) => ({ training, expected: expectedOf(forecast.confirmation) })),
  ].flatMap(({ training, expected }) =>
    // One that went on from a checkpoint tells of its last part alone.
    training.status === 'finished' && training.facts.resumedFromStep === null
      ? [{ seconds: training.facts.seconds, expected }]
      : [],
  );
  const sum = (of: 'seconds' | 'expected') => took.reduce((total, training) => total + training[of], each);
  const pace = sum('expected') > 0 ? sum('seconds') / sum('expected') : 1;
  const certainty = Math.sqrt(1 + took.length);
  const left = (phase: PhaseForecast | null, isOver: boolean, done: number, planned?: number): Range => {
    if (phase === null || isOver) return exactly(0);
    const trainings = planned === undefined ? phase.trainings : exactly(planned);
    const { middle } = phase.trainings;
    const apart = middle > 0 ? phase.seconds.middle / middle : expectedOf(phase) / forecast.parallel;
    const secondsOf = (count: number, spread: number) =>
      Math.max(0, count - done) * apart * pace * (1 + (spread - 1) / certainty);
    return {
      low: secondsOf(trainings.low, forecast.spread.low),
      middle: secondsOf(trainings.middle, 1),
      high: secondsOf(trainings.high, forecast.spread.high),
    };
  };
  const plan = confirmation?.plan;
  return {
    rates: left(forecast.rates, rateRule !== null || trials.length > 0 || end !== null, rates.length),
    search: left(forecast.search, end !== null, trials.length),
    confirmation: left(
      forecast.confirmation,
      confirmation?.end != null,
      confirmation?.trials.length ?? 0,
      plan && confirmationArms(plan).length * plan.seeds.length,
    ),
  };
}
