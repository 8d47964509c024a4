import { CLASS_NAMES } from './example.ts';
import { isMissing } from './parseScore.ts';
import { quoted } from './quoted.ts';

/** A class as a key: without regard to case, white space around, and `_`, `-` or spaces between words. */
export function classKey(value: string | number | bigint): string {
  return String(value)
    .trim()
    .toLowerCase()
    .replace(/(?<=\p{L})[\s_-]+(?=\p{L})/gu, ' ');
}

/** The key of the class that a cell holds; `undefined` after reporting that it holds none. */
export function parseClass(value: unknown, report: (problem: string) => void): string | undefined {
  if (isMissing(value)) report('the class is missing');
  else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return classKey(value);
  else report(`the class is ${quoted(value)}, neither a text nor a number`);
  return undefined;
}

const LABEL_OF_KEY: ReadonlyMap<string, number> = new Map(
  CLASS_NAMES.flatMap((name, label) => [
    [name, label],
    [String(label), label],
  ]),
);

/** The label of the class that a cell holds, 0 … 4 or a name of `CLASS_NAMES`; `undefined` after reporting another. */
export function parseLabel(value: unknown, report: (problem: string) => void): number | undefined {
  const key = parseClass(value, report);
  if (key === undefined) return undefined;
  const label = LABEL_OF_KEY.get(key);
  if (label === undefined) report(`class ${quoted(value)} is neither 0 … 4 nor one of ${CLASS_NAMES.join(', ')}`);
  return label;
}
