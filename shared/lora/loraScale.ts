import { DarseError } from '../study/darseError.ts';

/** How an adapter's alpha follows from its rank. */
export type AlphaRule =
  /** alpha = r, so the scale is 1 at every rank (the paper presets). */
  | { readonly kind: 'rank' }
  /** One alpha for every rank; scale alpha / r. */
  | { readonly kind: 'fixed'; readonly alpha: number }
  /** One alpha for every rank; scale alpha / √r (rsLoRA, Kalajdzievski 2023). */
  | { readonly kind: 'rsLora'; readonly alpha: number };

/** The alpha of a module of rank r. */
export function loraAlpha(rule: AlphaRule, rank: number): number {
  return rule.kind === 'rank' ? rank : rule.alpha;
}

/** The factor s in W' = W + s·B·A: alpha / r, under rsLoRA alpha / √r; 0 for rank 0, which adds nothing. */
export function loraScale(rule: AlphaRule, rank: number): number {
  if (rank === 0) return 0;
  return loraAlpha(rule, rank) / (rule.kind === 'rsLora' ? Math.sqrt(rank) : rank);
}

/** Keeps PEFT's denominator away from 0. */
const ADALORA_EPSILON = 1e-5;

/**
 * AdaLoRA's factor s in W' = W + s·B·diag(E)·A as PEFT has it: alpha / (initial rank + 1e-5), the same after ranks were cut. Throws
 * `usage` for rsLoRA, which AdaLoRA does not have.
 */
export function adaLoraScale(rule: AlphaRule, initialRank: number): number {
  if (rule.kind === 'rsLora') {
    throw new DarseError(
      'usage',
      'AdaLoRA has no rsLoRA scale: --alpha must be "rank" or a number with --method adalora',
    );
  }
  return loraAlpha(rule, initialRank) / (initialRank + ADALORA_EPSILON);
}

/** The rule of a text: `rank`, a number such as `16`, or `rslora:16`. Throws `usage` for anything else. */
export function parseAlphaRule(text: string): AlphaRule {
  if (text === 'rank') return { kind: 'rank' };
  const match = /^(rslora:)?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(text);
  const alpha = Number(match?.[2]);
  if (match === null || !(alpha > 0 && Number.isFinite(alpha))) {
    throw new DarseError('usage', `alpha must be "rank", a number above 0 or "rslora:" and a number, got "${text}"`);
  }
  return match[1] === undefined ? { kind: 'fixed', alpha } : { kind: 'rsLora', alpha };
}

/** The text that `parseAlphaRule` reads back as this rule. */
export function formatAlphaRule(rule: AlphaRule): string {
  switch (rule.kind) {
    case 'rank':
      return 'rank';
    case 'fixed':
      return String(rule.alpha);
    case 'rsLora':
      return `rslora:${rule.alpha}`;
    default:
      throw new DarseError('internal', `unknown alpha rule ${JSON.stringify(rule satisfies never)}`);
  }
}
