import type { Field, Fields } from '../../study/fields.ts';
import { shellWord } from '../../study/shellWord.ts';

/**
 * A command line that sets the given settings of a table; quoted for a POSIX shell. Left out is what the command has by itself:
 * `defaults`, or those of the table.
 */
export function reproduceCommand(
  command: string,
  table: Fields,
  settings: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(table).map(([name, field]) => [name, field.default]),
  ),
): string {
  const flags = Object.entries(table).flatMap(([name, field]) => {
    const value = settings[name];
    return value === undefined || value === defaults[name] ? [] : flagWords(field, value);
  });
  return [command, ...flags].join(' ');
}

function flagWords({ flag, kind }: Field, value: unknown): string[] {
  if (kind === 'switch') return [flag];
  const [first = '', ...others] = (Array.isArray(value) ? value : [value]).map(String);
  // A word that begins like a flag would be taken for one.
  const head = first.startsWith('-') ? [shellWord(`${flag}=${first}`)] : [flag, shellWord(first)];
  return [...head, ...others.map(shellWord)];
}
