import { DarseError, problemsError } from './darseError.ts';

/** One setting: its flag, what it may be, and what it means. The command line, `--config` files and validation all derive from it. */
export type Field = (
  | {
      readonly kind: 'text';
      readonly default: string | null;
      /** Throws `usage` for a text that is not allowed. */
      readonly check?: (text: string) => unknown;
      /** The text of a JSON object, where a file may hold one instead. */
      readonly ofObject?: (object: object) => string;
    }
  /** One text or several; a flag takes all that follow it. */
  | { readonly kind: 'texts'; readonly default: null }
  | {
      readonly kind: 'number';
      readonly default: number | null;
      readonly least: number;
      readonly most: number;
      /** Whether only whole numbers are allowed. */
      readonly whole?: boolean;
    }
  | { readonly kind: 'choice'; readonly default: string; readonly choices: readonly string[] }
  | { readonly kind: 'switch'; readonly default: false }
) & {
  /** `--lora-dropout`; the name in a `--config` file is the same in camel case, `loraDropout`. */
  readonly flag: string;
  /** How help names the value: `<N>`; empty for a switch. */
  readonly value: string;
  readonly help: string;
};

export type Fields = Readonly<Record<string, Field>>;

type FieldValue<F extends Field> = F extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : F extends { kind: 'switch' }
    ? boolean
    : F extends { kind: 'texts' }
      ? readonly string[] | null
      : (F extends { kind: 'number' } ? number : string) | (F extends { default: null } ? null : never);

/** The values of a table of fields, by field name. */
export type Settings<Table extends Fields> = { readonly [Name in keyof Table]: FieldValue<Table[Name]> };

/**
 * The settings that some given values and the defaults make; later sources win. Every value that is not allowed and every
 * name that is no field is listed in one `usage` error. Values may be text (from flags) or plain JSON (from a file).
 */
export function parseSettings<Table extends Fields>(
  table: Table,
  ...sources: readonly Readonly<Record<string, unknown>>[]
): Settings<Table> {
  const problems: string[] = [];
  const unknown: string[] = [];
  const known = new Map<string, Field>(Object.entries(table));
  const values = new Map<string, unknown>([...known].map(([name, field]) => [name, field.default]));
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      const field = known.get(name);
      if (!field) unknown.push(`"${name}"`);
      else if (value !== undefined) values.set(name, readField(field, value, problems));
    }
  }
  if (unknown.length > 0) {
    const verb = unknown.length === 1 ? 'is no setting' : 'are no settings';
    problems.push(`${unknown.join(', ')} ${verb}; there are: ${[...known.keys()].join(', ')}`);
  }
  if (problems.length > 0) throw problemsError('usage', 'these settings are not allowed:', problems);
  // Every value has come through readField of the field of its name.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(values) as Settings<Table>;
}

function readField(field: Field, value: unknown, problems: string[]): unknown {
  // As a word for numbers only: a file or a column may be called none.
  if (field.default === null && (value === null || (field.kind === 'number' && value === 'none'))) return null;
  switch (field.kind) {
    case 'text': {
      const text = asText(value, field.ofObject);
      if (text === undefined) problems.push(`${field.flag} must be text, got ${JSON.stringify(value)}`);
      else problems.push(...problemsOf(() => field.check?.(text)));
      return text;
    }
    case 'texts': {
      const texts = Array.isArray(value) ? value : [value];
      if (texts.every((text) => typeof text === 'string')) return texts;
      problems.push(`${field.flag} must be a text or a list of texts, got ${JSON.stringify(value)}`);
      return null;
    }
    case 'switch':
      if (typeof value === 'boolean') return value;
      problems.push(`${field.flag} must be true or false, got ${shown(value)}`);
      return false;
    case 'choice':
      if (typeof value === 'string' && field.choices.includes(value)) return value;
      problems.push(`${field.flag} must be one of ${field.choices.join(', ')}; got ${shown(value)}`);
      return field.default;
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      const allowed =
        typeof number === 'number' && Number.isFinite(number) && number >= field.least && number <= field.most;
      if (allowed && (!field.whole || Number.isInteger(number))) return number;
      problems.push(
        `${field.flag} must be ${field.whole ? 'a whole number' : 'a number'} ${range(field)}, got ${shown(value)}`,
      );
      return field.default;
    }
    default:
      throw new RangeError(`unknown kind of field ${JSON.stringify(field satisfies never)}`);
  }
}

/** Text as it is, and what JSON writes more naturally: 8 for "8", [8, 8, 0] for "8,8,0". */
function asText(value: unknown, ofObject?: (object: object) => string): string | undefined {
  if (ofObject && typeof value === 'object' && value !== null && !Array.isArray(value)) return ofObject(value);
  const words = Array.isArray(value) ? value : [value];
  return words.every((word) => typeof word === 'string' || typeof word === 'number') ? words.join(',') : undefined;
}

/** What `check` throws against a value, in words. */
function problemsOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof DarseError && error.code === 'usage') return [error.message.replaceAll('\n', '\n  ')];
    throw error;
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

function range({ least, most }: { readonly least: number; readonly most: number }): string {
  return most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `${least}–${most}`;
}
