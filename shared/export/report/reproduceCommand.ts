import type { Field, Fields } from '../../study/fields.ts';
import { shellWord } from '../../study/shellWord.ts';

export interface CommandToRepeat {
  /** `npx darse search` */
  readonly command: string;
  /** Where it is to write. */
  readonly out: string;
  /** What the command has by itself: the defaults of its table where nothing else is said. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** A command line, quoted for a POSIX shell and a line a flag, that sets the given settings of a table and leaves out those that the command has by itself. */
export function reproduceCommand(
  table: Fields,
  settings: Readonly<Record<string, unknown>>,
  { command, out, defaults }: CommandToRepeat,
): string {
  const flags = Object.entries(table).flatMap(([name, field]) => {
    const value = settings[name];
    const byItself = defaults ? defaults[name] : field.default;
    return value === undefined || value === byItself ? [] : [flagWords(field, value).join(' ')];
  });
  return [command, ...flags, `--out ${shellWord(out)}`].join(' \\\n  ');
}

function flagWords({ flag, kind }: Field, value: unknown): string[] {
  if (kind === 'switch') return [flag];
  const [first = '', ...others] = (Array.isArray(value) ? value : [value]).map(String);
  // A word that begins like a flag would be taken for one.
  const head = first.startsWith('-') ? [shellWord(`${flag}=${first}`)] : [flag, shellWord(first)];
  return [...head, ...others.map(shellWord)];
}
