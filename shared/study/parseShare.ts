import { DarseError } from './darseError.ts';

/** A share from `5%` or `0.05`, above 0 and at most 1. Throws `usage` for anything else. */
export function parseShare(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%?)$/.exec(text.trim());
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (!(share > 0 && share <= 1))
    throw new DarseError('usage', `${flag} must be a share such as 5% or 0.05, got "${text}"`);
  return share;
}
