import { join } from 'node:path';
import type { Command } from 'commander';
import type { Fields } from '../../shared/study/fields.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { STUDY_FILES, writeFolder } from '../runFolder.ts';
import { readReport } from '../study/readReport.ts';
import { reportDocument } from '../study/reportDocument.ts';
import { writeReport } from '../study/writeReport.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

const FIELDS = {
  out: {
    kind: 'text',
    default: null,
    flag: '--out',
    value: '<folder>',
    help: "where to write: the study's own folder if not given; needed for several studies",
  },
  withoutTexts: {
    kind: 'switch',
    default: false,
    flag: '--without-texts',
    value: '',
    help: 'name rows of the data by their ids alone, so that the report can be handed on',
  },
  ...UNUSED_SEED,
} as const satisfies Fields;

export function declare(command: Command): void {
  command.argument('<study...>', 'folder of a study, or of several to be set side by side');
  addFields(command, FIELDS);
}

/** Writes the report of a study again, or one page that sets several side by side. */
export async function run(context: CommandContext): Promise<number> {
  const { out, withoutTexts } = await commandSettings(FIELDS, context);
  const folders = [...new Set(context.args)];
  const [only = ''] = folders;
  if (folders.length > 1 && out === null) {
    throw new DarseError('usage', 'name the folder for the page of several studies with --out');
  }
  const studies = [];
  for (const name of folders) {
    const note = (line: string) => context.note(line);
    const report = await readReport(name, { withTexts: !withoutTexts && folders.length === 1, note });
    for (const problem of report.journal.problems) context.note(`note: ${name}: ${problem}`);
    studies.push({ name, report });
  }
  const [first] = studies;
  const folder = out ?? only;
  if (first && studies.length === 1) await writeReport(folder, first.report);
  else {
    const { comparisonPage } = await import('../../shared/export/report/comparisonPage.ts');
    await writeFolder(folder, new Map([[STUDY_FILES.page, comparisonPage(studies, reportDocument())]]));
  }
  const verdicts = studies.map(({ name, report }) => ({ study: name, sentence: report.summary.verdict.sentence }));
  for (const { study, sentence } of verdicts) context.print(studies.length === 1 ? sentence : `${study}: ${sentence}`);
  const page = join(folder, STUDY_FILES.page);
  context.print(`report: ${page}`);
  context.result({ format: 'darse-report', version: 1, page, verdicts });
  return 0;
}
