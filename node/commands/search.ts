import type { Command } from 'commander';
import { STUDY_FIELDS, type StudySettings } from '../../shared/search/studyFields.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { Fields } from '../../shared/study/fields.ts';
import { readPresetSettings } from '../../shared/trial/readTrainingSettings.ts';
import { namedPreset, PRESET_FIELD } from '../../shared/trial/trainingPresets.ts';
import { type CommandContext, configFile, givenFields } from '../commandContext.ts';
import { withAbsolutePaths } from '../openGround.ts';
import { checkNewFolder } from '../runFolder.ts';
import { carryOut } from '../study/carryOut.ts';
import { addFields } from './addFields.ts';
import { CHECKPOINT_FIELDS } from './checkpointFields.ts';
import { POOL_FIELDS } from './poolFields.ts';

const FIELDS = {
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

export function declare(command: Command): void {
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const given = givenFields(FIELDS, context.options);
  const file = await configFile(context);
  const {
    out,
    preset: _preset,
    checkpointSeconds,
    parallel,
    silenceSeconds,
    ...settings
  } = readPresetSettings(FIELDS, namedPreset(file, given), file, given);
  if (out === null || settings.data === null) {
    const missing = [
      ...(settings.data === null ? ['the file of texts with --data'] : []),
      ...(out === null ? ['a new folder for the study with --out'] : []),
    ];
    throw new DarseError('usage', `name ${missing.join(' and ')}; to go on with a study: npx darse resume STUDY`);
  }
  await checkNewFolder(out);
  const absolute: StudySettings = withAbsolutePaths(settings);
  const toOpen = { folder: out, settings: absolute, reproduces: null, checkpointSeconds, begun: null };
  return carryOut(context, toOpen, { parallel, silenceSeconds });
}
