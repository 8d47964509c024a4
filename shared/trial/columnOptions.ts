import { parseScoreMap } from '../data/parseScoreMap.ts';
import type { ColumnOptions } from '../data/readExamples.ts';
import type { Settings } from '../study/fields.ts';
import type { DATA_FIELDS } from './trainingFields.ts';

/** The columns that the settings name, for the readers. */
export function columnOptions(settings: Settings<typeof DATA_FIELDS>): ColumnOptions {
  const { format, scoreMap } = settings;
  return {
    textColumn: settings.textColumn,
    ...(format === 'auto' ? {} : { format }),
    ...(settings.scoreColumn === null ? {} : { scoreColumn: settings.scoreColumn }),
    ...(settings.classColumn === null ? {} : { classColumn: settings.classColumn }),
    ...(settings.idColumn === null ? {} : { idColumn: settings.idColumn }),
    ...(scoreMap === null ? {} : { scoreMap: parseScoreMap(scoreMap) }),
  };
}
