import type { Command } from 'commander';
import type { Field, Fields } from '../../shared/study/fields.ts';

/** Declares one flag per field and `--config`; values stay text until `parseSettings` reads them with those of the file. */
export function addFields(command: Command, ...tables: readonly Fields[]): void {
  command.option('--config <file>', 'JSON file of the same settings in camel case; flags win');
  for (const field of tables.flatMap((table) => Object.values(table))) {
    const shown = field.default === null ? '' : ` (default: ${field.default})`;
    command.option(`${field.flag} ${field.value}`, `${field.help}${choicesOf(field)}${shown}`);
  }
}

function choicesOf(field: Field): string {
  return field.kind === 'choice' ? ` [${field.choices.join(' | ')}]` : '';
}
