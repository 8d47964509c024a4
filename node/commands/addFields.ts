import type { Command } from 'commander';
import type { Field, Fields } from '../../shared/study/fields.ts';
import { TRAINING_FIELDS } from '../../shared/trial/trainingFields.ts';

/** For commands that draw nothing at random: a script may give every command the same seed. */
export const UNUSED_SEED = {
  seed: { ...TRAINING_FIELDS.seed, help: 'changes nothing here: this command draws nothing at random' },
} as const satisfies Fields;

/** Declares one flag per field and `--config`; values stay text until `parseSettings` reads them with those of the file. */
export function addFields(command: Command, table: Fields): void {
  command.option('--config <file>', 'JSON file of the same settings in camel case; flags win');
  for (const field of Object.values(table)) {
    command.option(`${field.flag} ${field.value}`.trimEnd(), `${field.help}${choicesOf(field)}${defaultOf(field)}`);
  }
}

function choicesOf(field: Field): string {
  return field.kind === 'choice' ? ` [${field.choices.join(' | ')}]` : '';
}

function defaultOf(field: Field): string {
  return field.default === null || field.default === false ? '' : ` (default: ${field.default})`;
}
