import type { GroupRanks } from '../rankSpace.ts';
import { playedArms, type PlayedStudy } from './playStudy.ts';
import { exactly, type Range, rangeOver, sumOf } from './range.ts';

/** How much a study may do. */
export interface PlanSize {
  readonly epochs: number;
  /** The most trainings of the search. */
  readonly trials: number;
  /** Fresh seeds of the confirmation; 0: there is none. */
  readonly seeds: number;
  /** Whether a cheaper vector is confirmed beside the best one. */
  readonly cheaper: boolean;
}

export interface PhaseForecast {
  readonly trainings: Range;
  /** From the first one's beginning to the last one's end. */
  readonly seconds: Range;
  /** Seconds of one. */
  readonly each: Range;
}

/** What a study of some size comes to. */
export interface PlanForecast {
  /** null where no learning rate is looked for. */
  readonly rates: PhaseForecast | null;
  readonly search: PhaseForecast;
  /** null where nothing is to be confirmed. */
  readonly confirmation: PhaseForecast | null;
  readonly total: Pick<PhaseForecast, 'trainings' | 'seconds'>;
}

/** What a training is for: one of the confirmation is judged on the test rows too; a pruner may end one of the search that comes late enough. */
export type TrainingUse = 'rate' | 'search' | 'confirmation';

/** How long a training takes; `place`: how many of its phase came before it. */
export type SecondsOf = (ranks: GroupRanks, epochs: number, use: TrainingUse, place: number) => Range;

/** Counts trainings and their seconds over the studies played, `parallel` at once: the range is over them and over how fast the machine is. */
export function forecastPlan(
  played: readonly PlayedStudy[],
  size: PlanSize,
  secondsOf: SecondsOf,
  parallel: number,
): PlanForecast {
  const { epochs, trials, seeds, cheaper } = size;
  const phases = played.map((study) => {
    const arms = seeds > 0 ? playedArms(study, cheaper) : [];
    const confirmed = Array.from({ length: seeds }, () => arms).flat();
    const phase = (use: TrainingUse, batches: readonly (readonly GroupRanks[])[], count: number) =>
      phaseOf(batches, count, (ranks, place) => secondsOf(ranks, epochs, use, place), parallel);
    return {
      rates: phase('rate', study.rates, study.rates.flat().length),
      search: phase('search', study.trials, Math.min(trials, study.trialCount)),
      confirmation: phase('confirmation', [confirmed], confirmed.length),
    };
  });
  const overDraws = (name: keyof (typeof phases)[number]): PhaseForecast => ({
    trainings: rangeOver(phases.map((phase) => phase[name].trainings)),
    seconds: rangeOver(phases.map((phase) => phase[name].seconds)),
    each: rangeOver(phases.flatMap((phase) => (phase[name].trainings.high > 0 ? phase[name].each : []))),
  });
  const total = (of: 'trainings' | 'seconds') =>
    rangeOver(phases.map(({ rates, search, confirmation }) => sumOf([rates[of], search[of], confirmation[of]])));
  return {
    rates: played.some(({ rates }) => rates.length > 0) ? overDraws('rates') : null,
    search: overDraws('search'),
    confirmation: seeds > 0 ? overDraws('confirmation') : null,
    total: { trainings: total('trainings'), seconds: total('seconds') },
  };
}

/** The first `count` trainings; those beyond the ones played cost what these do on average. */
function phaseOf(
  played: readonly (readonly GroupRanks[])[],
  count: number,
  secondsOf: (ranks: GroupRanks, place: number) => Range,
  parallel: number,
): PhaseForecast {
  const known: Range[] = [];
  const spans: Range[] = [];
  for (const batch of played) {
    const ranges = batch.slice(0, count - known.length).map((ranks, i) => secondsOf(ranks, known.length + i));
    known.push(...ranges);
    spans.push(spanOf(ranges, parallel));
  }
  const times = known.length > 0 ? count / known.length : 0;
  const all = known.length > 0 ? known : [exactly(0)];
  return {
    trainings: exactly(count),
    seconds: scaled(sumOf(spans), times),
    each: {
      low: Math.min(...all.map(({ low }) => low)),
      middle: sumOf(all).middle / all.length,
      high: Math.max(...all.map(({ high }) => high)),
    },
  };
}

/** How long trainings take that are asked together: each begins as soon as one of `parallel` places is free. */
function spanOf(trainings: readonly Range[], parallel: number): Range {
  const span = (part: keyof Range) => {
    const places = Array.from({ length: Math.min(parallel, Math.max(1, trainings.length)) }, () => 0);
    for (const training of trainings) {
      const free = places.indexOf(Math.min(...places));
      places[free] = (places[free] ?? 0) + training[part];
    }
    return Math.max(...places);
  };
  return { low: span('low'), middle: span('middle'), high: span('high') };
}

function scaled({ low, middle, high }: Range, times: number): Range {
  return { low: times * low, middle: times * middle, high: times * high };
}
