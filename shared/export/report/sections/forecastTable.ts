import { forecastAgainstTruth, forecastTruthInWords } from '../../../search/forecast/forecastAgainstTruth.ts';
import { durationInWords, rangeInWords, shrunkInWords } from '../../../search/forecast/forecastInWords.ts';
import type { StudyJournal } from '../../../search/studyJournal.ts';
import type { ReportTable } from '../reportSection.ts';
import { columns } from '../table.ts';

const PHASES = {
  rates: 'learning rates',
  search: 'search',
  confirmation: 'confirmation',
  total: 'all together',
} as const;

/** The forecast made before a study began beside what it took; null for a study without one. */
export function forecastTable(journal: StudyJournal): ReportTable | null {
  const parts = forecastAgainstTruth(journal);
  const total = parts.at(-1);
  if (!total) return null;
  const shrunk = journal.forecast?.shrunk;
  const words = forecastTruthInWords(total);
  return {
    kind: 'table',
    title: 'Forecast and truth',
    text: `${words.charAt(0).toUpperCase()}${words.slice(1)}.${shrunk ? ` The plan was ${shrunkInWords(shrunk)}.` : ''}`,
    table: {
      columns: columns(['part', 'forecast'], ['trainings forecast', 'trainings', 'took', 'beside the probable']),
      rows: parts.map(({ phase, forecast, trainings, seconds, error }) => {
        const { low, high } = forecast.trainings;
        return {
          cells: [
            PHASES[phase],
            rangeInWords(forecast.seconds),
            low === high ? String(high) : `${low}–${high}`,
            String(trainings),
            durationInWords(seconds),
            error === null ? '–' : `${error < 0 ? '−' : '+'}${Math.abs(100 * error).toFixed(0)} %`,
          ],
        };
      }),
    },
    isWide: true,
  };
}
