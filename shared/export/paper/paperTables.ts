import { SMOKE_NOTICE } from '../../search/presets/paperPresets.ts';
import { departures } from '../../search/presets/reproductionSettings.ts';
import { markdownText } from '../escapeText.ts';
import { gridTable } from './gridTable.ts';
import { motivationTable } from './motivationTable.ts';
import type { PaperRun } from './paperRun.ts';
import { type PrintedTable, tableMarkdown, tablesCsv } from './printedTable.ts';
import { uniformTables } from './uniformTables.ts';
import { visitsTable } from './visitsTable.ts';

const MEMORY_NOTICE =
  "Memory: of rows from here the most main memory that the process held, a GPU's own not included; of the paper's rows the GPU's.";

/** The paper's tables from a study's records, as Markdown and as CSV; of a study that still runs, as far as it has come. */
export function paperTables(run: PaperRun, verdict: string): { readonly markdown: string; readonly csv: string } {
  const { reproduction, journal } = run;
  const tables = tablesOf(run);
  const parts = [
    `# ${reproduction.preset} at ${reproduction.scale} scale`,
    reproduction.scale === 'smoke' ? `**${SMOKE_NOTICE}**` : besideNotice(run),
    markdownText(
      `${journal.header.modelName} on ${journal.header.dataName}: ${journal.header.rows.train} training and ${journal.header.rows.validation} validation texts; all metrics on the validation part. Verdict: ${verdict}.`,
    ),
    ...departureLines(run),
    ...(reproduction.preset === 'uniform-sweep' ? [MEMORY_NOTICE] : []),
    ...failureLines(run),
    ...tables.map((table) => tableMarkdown(table, reproduction.scale)),
    ...(tables.length === 0 ? ['No training has finished.'] : []),
  ];
  return { markdown: `${parts.join('\n\n')}\n`, csv: tablesCsv(tables, reproduction.scale) };
}

function tablesOf(run: PaperRun): PrintedTable[] {
  const { preset } = run.reproduction;
  switch (preset) {
    case 'motivation':
      return motivationTable(run);
    case 'uniform-sweep':
      return uniformTables(run);
    case 'grid':
      return gridTable(run);
    case 'paper-search':
      return visitsTable(run);
    default:
      throw new RangeError(`unknown preset ${JSON.stringify(preset satisfies never)}`);
  }
}

function besideNotice({ figures }: PaperRun): string {
  return markdownText(
    `Rows of source "here" are this study's, rows of source "paper" are printed in ${figures.source}. The paper's texts are not public: its rows stand beside these for orientation and are of other data.`,
  );
}

function departureLines({ reproduction, settings }: PaperRun): string[] {
  const found = departures(reproduction, settings);
  return found.length === 0 ? [] : [markdownText(`Otherwise than the experiment: ${found.join(', ')}.`)];
}

function failureLines({ journal }: PaperRun): string[] {
  return journal.trials.flatMap((trial) =>
    trial.status === 'finished'
      ? []
      : [
          markdownText(
            `Trial ${trial.trial}, ${trial.ranks.join('@')}, has no result: ${trial.status}, ${trial.message}`,
          ),
        ],
  );
}
