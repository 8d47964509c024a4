import type { Command } from 'commander';
import { summarise } from '../../shared/metrics/evaluationReport.ts';
import { DATA_FIELDS, ENGINE_FIELDS } from '../../shared/trial/trainingFields.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { openAdapter } from '../openAdapter.ts';
import { readLabelled } from '../prepareData.ts';
import { metricsLine } from '../trialReporter.ts';
import { addFields } from './addFields.ts';

const FIELDS = { ...DATA_FIELDS, ...ENGINE_FIELDS };

export function declare(command: Command): void {
  command.requiredOption('--adapter <folder>', 'folder of a training run, or its adapter/');
  command.option('--model <model>', 'backbone, where it is not the one the adapter names');
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const settings = await commandSettings(FIELDS, context);
  const { examples, hash } = await readLabelled(settings);
  const adapter = await openAdapter(context, settings);
  try {
    const { scores, logits } = await adapter.predict(examples.map(({ text }) => text));
    const report = summarise(examples, scores, logits);
    context.print(`${report.exampleCount} texts: ${metricsLine(report.metrics)}`);
    for (const { name, support, precision, recall, f1 } of report.classReport) {
      const numbers = [precision, recall, f1].map((share) => `${(100 * share).toFixed(1)} %`);
      context.print(`  ${name}: ${support} texts, precision ${numbers[0]}, recall ${numbers[1]}, F1 ${numbers[2]}`);
    }
    context.result({ ...report, dataHash: hash, engine: adapter.engine.description });
    return 0;
  } finally {
    await adapter.close();
  }
}
