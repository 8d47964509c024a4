import { ranksKey, type GroupRanks } from '../rankSpace.ts';

/** A learning rate that was best for a uniform vector. */
export interface RateLevel {
  readonly ranks: GroupRanks;
  /** Adapter parameters. */
  readonly parameters: number;
  readonly learningRate: number;
}

/** A learning rate for every number of adapter parameters. */
export interface RateRule {
  /** By ascending parameters. */
  readonly levels: readonly RateLevel[];
}

/**
 * The rate for a number of adapter parameters: between two levels log(rate) is linear in log(parameters); outside them that of the
 * nearest level. The vector's shape does not count, so vectors of equal cost are compared at one rate.
 */
export function rateOf({ levels }: RateRule, parameters: number): number | undefined {
  const above = levels.findIndex((level) => level.parameters >= parameters);
  const [low, high] = [levels[above - 1], levels[above]];
  if (!low || !high) return (high ?? levels.at(-1))?.learningRate;
  const share = Math.log(parameters / low.parameters) / Math.log(high.parameters / low.parameters);
  return low.learningRate * (high.learningRate / low.learningRate) ** share;
}

/** The rule in words, for reports. */
export function rateRuleInWords({ levels }: RateRule): string {
  const found = levels.map(({ ranks, learningRate }) => `${Number(learningRate.toPrecision(3))} at ${ranksKey(ranks)}`);
  const rule = 'the rate of the lowest validation MSE for uniform vectors at the study’s seed';
  return `${rule}: ${found.join(', ')}; in between log(rate) is linear in log(parameters)`;
}
