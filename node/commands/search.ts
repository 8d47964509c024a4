import type { Command } from 'commander';
import { DarseError } from '../../shared/study/darseError.ts';
import type { CommandContext } from '../commandContext.ts';
import { checkNewFolder } from '../runFolder.ts';
import { carryOut } from '../study/carryOut.ts';
import { readStudySettings, STUDY_COMMAND_FIELDS } from '../study/studySettings.ts';
import { addFields } from './addFields.ts';

export function declare(command: Command): void {
  addFields(command, STUDY_COMMAND_FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const { out, settings, checkpointSeconds, pool } = await readStudySettings(context);
  if (out === null || settings.data === null) {
    const missing = [
      ...(settings.data === null ? ['the file of texts with --data'] : []),
      ...(out === null ? ['a new folder for the study with --out'] : []),
    ];
    throw new DarseError('usage', `name ${missing.join(' and ')}; to go on with a study: npx darse resume STUDY`);
  }
  await checkNewFolder(out);
  return carryOut(context, { folder: out, settings, reproduces: null, checkpointSeconds, begun: null }, pool);
}
