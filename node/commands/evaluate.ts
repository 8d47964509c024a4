import type { Command } from 'commander';
import { summarise } from '../../shared/metrics/evaluationReport.ts';
import { DATA_FIELDS, ENGINE_FIELDS } from '../../shared/trial/trainingFields.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { metricsHead, metricsRow } from '../metricsTable.ts';
import { ADAPTER_FIELDS, openAdapter } from '../openAdapter.ts';
import { readLabelled } from '../prepareData.ts';

import { addFields, UNUSED_SEED } from './addFields.ts';

const FIELDS = { ...ADAPTER_FIELDS, ...DATA_FIELDS, ...ENGINE_FIELDS, ...UNUSED_SEED };

export function declare(command: Command): void {
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const settings = await commandSettings(FIELDS, context);
  const { examples, hash } = await readLabelled(settings);
  const adapter = await openAdapter(context, settings);
  try {
    const { scores, logits } = await adapter.predict(examples.map(({ text }) => text));
    const report = summarise(examples, scores, logits);
    context.print(metricsHead());
    context.print(metricsRow(`${report.exampleCount} texts`, report.metrics));
    context.print('');
    context.print(classRow('', ['texts', 'precision', 'recall', 'F1']));
    for (const { name, support, precision, recall, f1 } of report.classReport) {
      context.print(
        classRow(name, [`${support}`, ...[precision, recall, f1].map((share) => `${(100 * share).toFixed(1)} %`)]),
      );
    }
    context.result({ ...report, dataHash: hash, engine: adapter.engine.description });
    return 0;
  } finally {
    await adapter.close();
  }
}

function classRow(name: string, cells: readonly string[]): string {
  return name.padEnd(15) + cells.map((cell) => cell.padStart(10)).join('');
}
