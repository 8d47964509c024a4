import type { PhaseForecast, PlanSize } from './planForecast.ts';
import type { Range } from './range.ts';
import type { StudyForecast } from './studyForecast.ts';

/** A forecast for people, line by line. */
export function forecastLines(forecast: StudyForecast): string[] {
  const { timing, parallel, total, memory, shrunk } = forecast;
  const phases = [
    ['learning rates', forecast.rates],
    ['search', forecast.search],
    ['confirmation', forecast.confirmation],
  ] as const;
  return [
    `forecast, from ${timing.steps} steps timed in ${durationInWords(timing.seconds)}: ${rangeInWords(total.seconds)}`,
    ...phases.flatMap(([name, phase]) => (phase ? [`  ${phaseInWords(name, phase)}`] : [])),
    `  a training of the search takes ${rangeInWords(forecast.search.each)}`,
    `  peak memory ${parallel > 1 ? `of each of ${parallel} processes ` : ''}about ${mebibytes(memory.peakBytes)} (frozen weights ${mebibytes(memory.weightBytes)}, the largest batches ${mebibytes(memory.stepBytes)}; ${mebibytes(memory.timedPeakBytes)} while timing)`,
    ...(forecast.power ? [`  ${powerInWords(forecast.power)}`] : []),
    ...(shrunk ? [`  ${shrunkInWords(shrunk)}`] : []),
  ];
}

/** `at most 9 trainings of the search instead of 14 …`: what `--time` left of what was asked for. */
export function shrunkInWords({ timeSeconds, asked, given }: NonNullable<StudyForecast['shrunk']>): string {
  const changes = [
    ...(given.cheaper === asked.cheaper ? [] : ['no cheaper vector is confirmed']),
    ...changed('training', given.trials, asked.trials, ' of the search'),
    ...changed('seed', given.seeds, asked.seeds, ' of the confirmation'),
    ...changed('epoch', given.epochs, asked.epochs),
  ];
  return `cut to fit ${durationInWords(timeSeconds)}: ${changes.join('; ')}`;
}

/** `4 trainings, then 5 seeds of 2 vectors, of 1 epoch each`. */
export function sizeInWords({ epochs, trials, seeds, cheaper }: PlanSize): string {
  const confirmed = seeds > 0 ? `, then ${seeds} seeds of ${cheaper ? 3 : 2} vectors` : '';
  return `${count(trials, 'training')}${confirmed}, of ${count(epochs, 'epoch')} each`;
}

/** `11–16 min, probably 13 min`; one number where they are the same in words. */
export function rangeInWords({ low, middle, high }: Range): string {
  const [least, expected, most] = [low, middle, high].map(durationInWords);
  return least === most ? `${expected}` : `${least} to ${most}, probably ${expected}`;
}

/** `45 s`, `12 min`, `3.4 h`. */
export function durationInWords(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A duration as a flag takes it, rounded up: `45s`, `12m`. */
export function durationFlag(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)}s` : `${Math.ceil(seconds / 60)}m`;
}

function phaseInWords(name: string, { trainings, seconds }: PhaseForecast): string {
  const { low, high } = trainings;
  const number = low === high ? count(high, 'training') : `${low.toLocaleString('en')}–${count(high, 'training')}`;
  return `${name}: ${number}, ${rangeInWords(seconds)}`;
}

function powerInWords({ seeds, smallestGain, askedGain }: NonNullable<StudyForecast['power']>): string {
  const shown = `the confirmation’s ${seeds} seeds show a gain of ${percent(smallestGain)} over the uniform vector’s MSE with 80 % chance`;
  return smallestGain <= askedGain
    ? `${shown} (asked: ${percent(askedGain)})`
    : `${shown}, not the ${percent(askedGain)} asked for`;
}

function changed(what: string, given: number, asked: number, where = ''): string[] {
  return given === asked ? [] : [`${count(given, what)}${where} instead of ${asked.toLocaleString('en')}`];
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}
