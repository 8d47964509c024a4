import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { CLASS_NAMES } from '../../shared/data/example.ts';
import { readTexts } from '../../shared/data/readTexts.ts';
import type { TextRow } from '../../shared/data/readRows.ts';
import { type PredictedText, predictedTexts, predictionsCsv } from '../../shared/export/predictionsCsv.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { Fields } from '../../shared/study/fields.ts';
import { columnOptions } from '../../shared/trial/columnOptions.ts';
import { DATA_FIELDS, ENGINE_FIELDS } from '../../shared/trial/trainingFields.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { ADAPTER_FIELDS, openAdapter } from '../openAdapter.ts';
import { withSource } from '../prepareData.ts';
import { writeFileAtomically } from '../writeFileAtomically.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

const FIELDS = {
  ...ADAPTER_FIELDS,
  text: { kind: 'texts', default: null, flag: '--text', value: '<text...>', help: 'texts to judge' },
  out: {
    kind: 'text',
    default: null,
    flag: '--out',
    value: '<file>',
    help: 'CSV file for the predictions of --data: id,text,score,class,p0…p4',
  },
  ...DATA_FIELDS,
  ...ENGINE_FIELDS,
  ...UNUSED_SEED,
} as const satisfies Fields;

export function declare(command: Command): void {
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const settings = await commandSettings(FIELDS, context);
  const { text: typed, data, out } = settings;
  if ((typed === null) === (data === null)) throw new DarseError('usage', 'give either --text "…" or --data FILE');
  if (out !== null) await checkOut(out, data);
  else if (data !== null && !context.json) {
    throw new DarseError('usage', 'name the file for the predictions with --out (or take them as --json)');
  }
  const rows = typed
    ? typedRows(typed)
    : await withSource(settings, (source) => readTexts(source, columnOptions(settings)));
  const adapter = await openAdapter(context, settings);
  try {
    const predicted = predictedTexts(rows, await adapter.predict(rows.map(({ text }) => text)));
    if (out !== null) {
      await writeFileAtomically(out, predictionsCsv(predicted));
      context.print(`${predicted.length} predictions in ${out}`);
    } else {
      context.print([COLUMNS, ...predicted.map(inWords)].join('\n'));
    }
    context.result({ predictions: predicted, engine: adapter.engine.description });
    return 0;
  } finally {
    await adapter.close();
  }
}

const COLUMNS = ['score', 'class'.padEnd(15), ' sure', 'text'].join('  ');

/** `+0.71  strong positive   83 %  The euro rallied.` */
function inWords({ text, score, label, probabilities }: PredictedText): string {
  const sure = `${Math.round(100 * (probabilities[label] ?? 0))} %`.padStart(5);
  const signed = `${score < 0 ? '' : '+'}${score.toFixed(2)}`;
  return [signed, (CLASS_NAMES[label] ?? `${label}`).padEnd(15), sure, oneLine(text)].join('  ');
}

/** A text on one line, without what a terminal would take for a command. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function typedRows(texts: readonly string[]): TextRow[] {
  const blank = texts.findIndex((text) => text.trim() === '');
  if (blank >= 0) throw new DarseError('usage', `text ${blank + 1} of --text is empty`);
  return texts.map((text, i) => ({ id: String(i + 1), text }));
}

/** Before anything is computed: a file that cannot be written, or that would be written over what is read. */
async function checkOut(out: string, data: string | null): Promise<void> {
  const folder = dirname(resolve(out));
  if (!existsSync(folder)) throw new DarseError('usage', `there is no folder ${folder} to write --out in`);
  if (data !== null && existsSync(out) && (await realpath(out)) === (await realpath(data).catch(() => ''))) {
    throw new DarseError('usage', `--out ${out} is the file of --data: its predictions need a file of their own`);
  }
}
