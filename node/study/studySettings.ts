import { STUDY_FIELDS, type StudySettings } from '../../shared/search/studyFields.ts';
import type { Fields } from '../../shared/study/fields.ts';
import { readPresetSettings } from '../../shared/trial/readTrainingSettings.ts';
import { namedPreset, PRESET_FIELD } from '../../shared/trial/trainingPresets.ts';
import { CHECKPOINT_FIELDS } from '../commands/checkpointFields.ts';
import { POOL_FIELDS } from '../commands/poolFields.ts';
import { type CommandContext, configFile, givenFields } from '../commandContext.ts';
import { withAbsolutePaths } from '../openGround.ts';
import type { PoolOptions } from '../pool/openTrainingPool.ts';

/** The flags of `search` and of `forecast`. */
export const STUDY_COMMAND_FIELDS = {
  out: {
    kind: 'text',
    default: null,
    flag: '--out',
    value: '<folder>',
    help: 'new folder for the study: study.jsonl, adapters/, best/, report.html, report.md, trials.csv',
  },
  ...PRESET_FIELD,
  ...CHECKPOINT_FIELDS,
  ...POOL_FIELDS,
  ...STUDY_FIELDS,
} as const satisfies Fields;

/** What the user asks of a study, with paths that hold from anywhere. */
export async function readStudySettings(context: CommandContext): Promise<{
  readonly out: string | null;
  readonly checkpointSeconds: number;
  readonly pool: PoolOptions;
  readonly settings: StudySettings;
}> {
  const given = givenFields(STUDY_COMMAND_FIELDS, context.options);
  const file = await configFile(context);
  const {
    out,
    preset: _preset,
    checkpointSeconds,
    parallel,
    silenceSeconds,
    ...settings
  } = readPresetSettings(STUDY_COMMAND_FIELDS, namedPreset(file, given), file, given);
  return { out, checkpointSeconds, pool: { parallel, silenceSeconds }, settings: withAbsolutePaths(settings) };
}
