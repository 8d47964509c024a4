import { readFile } from 'node:fs/promises';
import { DarseError, type ErrorCode } from '../shared/study/darseError.ts';
import { type Fields, parseSettings, type Settings } from '../shared/study/fields.ts';
import { readingError } from './fileSource.ts';
import type { Interruption } from './interruption.mjs';

/** What a command works with: its flags, and where it may write. */
export interface CommandContext {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly interruption: Interruption;
  /** A line for people, on standard error; silent under --quiet. */
  note(line: string): void;
  /** The result in words, on standard output; nothing under --json. */
  print(text: string): void;
  /** The machine-readable result, on standard output under --json. */
  result(value: unknown): void;
  /** Why the command ends: on standard error, and under --json as its result. */
  error(code: ErrorCode, message: string): void;
}

export function createCommandContext(
  options: Readonly<Record<string, unknown>>,
  args: readonly string[],
  { json, quiet, interruption }: Pick<CommandContext, 'json' | 'quiet' | 'interruption'>,
): CommandContext {
  return {
    options,
    args,
    json,
    quiet,
    interruption,
    note: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    print: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    error: (code, message) => {
      process.stderr.write(`darse: ${message}\n`);
      if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
    },
  };
}

/** The object in the `--config` file, or nothing where none is given. */
export async function configFile({ options }: CommandContext): Promise<Record<string, unknown>> {
  const path = options['config'];
  if (typeof path !== 'string') return {};
  return readJsonObject(path);
}

/** The flags among `options` that are fields of the table and were given. */
export function givenFields(table: Fields, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(table, name)));
}

/** A command's settings from its `--config` file and its flags. */
export async function commandSettings<Table extends Fields>(
  table: Table,
  context: CommandContext,
): Promise<Settings<Table>> {
  return parseSettings(table, await configFile(context), givenFields(table, context.options));
}

/** A text option, or null where it was not given. */
export function textOption({ options }: CommandContext, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}

/** A file that holds a JSON object. */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
  try {
    const json: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  } catch (cause) {
    throw new DarseError('input', `${path} is not JSON: ${String(cause)}`, { cause });
  }
  throw new DarseError('input', `${path} must hold a JSON object`);
}
