import type { StudyJournal } from '../studyJournal.ts';
import { durationInWords, rangeInWords } from './forecastInWords.ts';
import type { PhaseForecast } from './planForecast.ts';

/** What a part of a study was forecast to take, and what it took. */
export interface PhaseTruth {
  readonly phase: 'rates' | 'search' | 'confirmation' | 'total';
  readonly forecast: Pick<PhaseForecast, 'trainings' | 'seconds'>;
  readonly trainings: number;
  readonly seconds: number;
  /** seconds / (middle of the forecast) - 1; null where nothing was forecast. */
  readonly error: number | null;
  /** Whether the seconds lie within the forecast's range. */
  readonly isWithin: boolean;
}

/**
 * A study's forecast beside what it took, part by part, the total last; of a study that is not over, what it took so far. What a process did after its last
 * record before it was ended is not counted, nor is the forecast's own time. Empty for a study without a forecast.
 */
export function forecastAgainstTruth({
  forecast,
  phaseSeconds,
  rates,
  trials,
  confirmation,
}: Pick<StudyJournal, 'forecast' | 'phaseSeconds' | 'rates' | 'trials' | 'confirmation'>): PhaseTruth[] {
  if (forecast === null) return [];
  const counts = { rates: rates.length, search: trials.length, confirmation: confirmation?.trials.length ?? 0 };
  const parts = (['rates', 'search', 'confirmation'] as const).flatMap((phase): PhaseTruth[] => {
    const expected = forecast[phase];
    return expected ? [truthOf(phase, expected, counts[phase], phaseSeconds[phase])] : [];
  });
  const total = (of: 'trainings' | 'seconds') => parts.reduce((sum, part) => sum + part[of], 0);
  return [...parts, truthOf('total', forecast.total, total('trainings'), total('seconds'))];
}

/** `forecast: 11 min to 16 min, probably 13 min; it took 14 min, 8 % more than probable`. */
export function forecastTruthInWords({ forecast, seconds, error, isWithin }: PhaseTruth): string {
  const share =
    error === null ? '' : `, ${Math.abs(100 * error).toFixed(0)} % ${error < 0 ? 'less' : 'more'} than probable`;
  const where = isWithin ? '' : ' and outside the range';
  return `forecast: ${rangeInWords(forecast.seconds)}; it took ${durationInWords(seconds)}${share}${where}`;
}

function truthOf(
  phase: PhaseTruth['phase'],
  forecast: PhaseTruth['forecast'],
  trainings: number,
  seconds: number,
): PhaseTruth {
  const { low, middle, high } = forecast.seconds;
  const error = middle > 0 ? seconds / middle - 1 : null;
  return { phase, forecast, trainings, seconds, error, isWithin: seconds >= low && seconds <= high };
}
