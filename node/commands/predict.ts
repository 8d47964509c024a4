import type { Command } from 'commander';
import { CLASS_NAMES } from '../../shared/data/example.ts';
import { readTexts } from '../../shared/data/readTexts.ts';
import type { TextRow } from '../../shared/data/readRows.ts';
import { type PredictedText, predictedTexts, predictionsCsv } from '../../shared/export/predictionsCsv.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { DATA_FIELDS, ENGINE_FIELDS } from '../../shared/trial/trainingFields.ts';
import { type CommandContext, commandSettings, textOption } from '../commandContext.ts';
import { openAdapter } from '../openAdapter.ts';
import { columnOptions, withSource } from '../prepareData.ts';
import { writeFileAtomically } from '../writeFileAtomically.ts';
import { addFields } from './addFields.ts';

const FIELDS = { ...DATA_FIELDS, ...ENGINE_FIELDS };

export function declare(command: Command): void {
  command.requiredOption('--adapter <folder>', 'folder of a training run, or its adapter/');
  command.option('--text <text...>', 'texts to judge');
  command.option('--out <file>', 'CSV file for the predictions of --data: id,text,score,class,p0…p4');
  command.option('--model <model>', 'backbone, where it is not the one the adapter names');
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const settings = await commandSettings(FIELDS, context);
  const out = textOption(context, 'out');
  const typed = context.options['text'];
  if (Array.isArray(typed) === (settings.data !== null)) {
    throw new DarseError('usage', 'give either --text "…" or --data FILE');
  }
  if (settings.data !== null && out === null && !context.json) {
    throw new DarseError('usage', 'name the file for the predictions with --out (or take them as --json)');
  }
  const rows: TextRow[] = Array.isArray(typed)
    ? typed.map((text, i) => ({ id: String(i + 1), text: String(text) }))
    : await withSource(settings, (source) => readTexts(source, columnOptions(settings)));
  const adapter = await openAdapter(context, settings);
  try {
    const predicted = predictedTexts(rows, await adapter.predict(rows.map(({ text }) => text)));
    if (out !== null) {
      await writeFileAtomically(out, predictionsCsv(predicted));
      context.print(`${predicted.length} predictions in ${out}`);
    } else {
      for (const prediction of predicted) context.print(inWords(prediction));
    }
    context.result({ predictions: predicted, engine: adapter.engine.description });
    return 0;
  } finally {
    await adapter.close();
  }
}

/** `+0.71 strong positive (83 %): The euro rallied.` */
export function inWords({ text, score, label, probabilities }: PredictedText): string {
  const sure = Math.round(100 * (probabilities[label] ?? 0));
  return `${score < 0 ? '' : '+'}${score.toFixed(2)} ${CLASS_NAMES[label] ?? label} (${sure} %): ${text}`;
}
