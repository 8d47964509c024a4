import { parseSettings } from '../../study/fields.ts';
import { PRESET_SETTINGS } from '../../trial/trainingPresets.ts';
import { STUDY_FIELDS, type StudySettings } from '../studyFields.ts';
import { COMMON_SETTINGS, PRESET_TABLES, type Reproduction, SCALE_SETTINGS } from './paperPresets.ts';

/** The settings of a study that reproduces an experiment; `given` beside it wins. Throws `usage` for what is not allowed. */
export function reproductionSettings(
  { preset, scale }: Reproduction,
  ...given: readonly Readonly<Record<string, unknown>>[]
): StudySettings {
  const { settings, scaled } = PRESET_TABLES[preset];
  const experiment = [COMMON_SETTINGS, SCALE_SETTINGS[scale], settings, scaled[scale]];
  return parseSettings(STUDY_FIELDS, PRESET_SETTINGS.paper, ...experiment, ...given);
}

/** Settings that say on what and with what to train, and none of how. */
const GROUND: ReadonlySet<string> = new Set(
  'data format textColumn scoreColumn classColumn idColumn scoreMap split engine threads microBatch'.split(' '),
);

/** The settings of a study, by flag, that are not the experiment's own. */
export function departures(reproduction: Reproduction, settings: StudySettings): string[] {
  const own = reproductionSettings(reproduction);
  return Object.entries(STUDY_FIELDS).flatMap(([name, { flag }]) => {
    const value = valueOf(settings, name);
    if (GROUND.has(name) || value === valueOf(own, name)) return [];
    return reproduction.scale === 'smoke' && name === 'model' ? [] : [`${flag} ${String(value)}`];
  });
}

function valueOf(settings: StudySettings, name: string): unknown {
  return new Map<string, unknown>(Object.entries(settings)).get(name);
}
