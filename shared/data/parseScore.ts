import { quoted } from './quoted.ts';

/** A number with nothing around it: no words, no hexadecimal, no decimal comma. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The score in [-1, 1] that a cell holds (text, number or BigInt), or in words what is wrong with it. */
export function parseScore(value: unknown): number | string {
  if (isMissing(value)) return 'the score is missing';
  const score = toNumber(value);
  if (score === undefined || !Number.isFinite(score)) {
    const hint = typeof value === 'string' && /^\s*[+-]?\d*,\d+\s*$/.test(value) ? ': write a decimal point' : '';
    return `score ${quoted(value)} is not a finite number${hint}`;
  }
  if (score < -1 || score > 1) return `score ${quoted(value)} is outside [-1, 1]`;
  return score === 0 ? 0 : score;
}

/** Whether a cell holds nothing: no value, or white space only. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : undefined;
}
