import type { Command } from 'commander';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { carryOut, tellEnd } from '../study/carryOut.ts';
import { readStudyFolder } from '../study/readStudyFolder.ts';
import { readReport } from '../study/readReport.ts';
import { writeReport } from '../study/writeReport.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';
import { CHECKPOINT_FIELDS } from './checkpointFields.ts';
import { POOL_FIELDS } from './poolFields.ts';

const FIELDS = { ...CHECKPOINT_FIELDS, ...POOL_FIELDS, ...UNUSED_SEED };

export function declare(command: Command): void {
  command.argument('<study>', 'folder of the study');
  addFields(command, FIELDS);
}

/** Goes on with a study where it stood, in the middle of a trial too; one that has ended is told as it is. */
export async function run(context: CommandContext): Promise<number> {
  const [folder = ''] = context.args;
  const { checkpointSeconds, ...pool } = await commandSettings(FIELDS, context);
  const { journal, settings, summary } = await readStudyFolder(folder);
  if (summary.isOver) {
    await writeReport(folder, await readReport(folder, { withTexts: true, note: (line) => context.note(line) }));
    return tellEnd(context, folder, { journal, summary });
  }
  const { reproduces = null } = journal.header;
  return carryOut(context, { folder, settings, reproduces, checkpointSeconds, begun: journal.header }, pool);
}
