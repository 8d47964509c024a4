import { type GroupRanks, ranksKey } from '../rankSpace.ts';
import type { NonInferiority } from './nonInferiority.ts';
import type { Superiority } from './superiority.ts';

/** What a study may say of its winner. */
export interface VerdictFacts {
  /** The search's answer; null where no trial finished. */
  readonly winner: GroupRanks | null;
  /** The rank of the uniform vector of equal budget; null where the budget buys none. */
  readonly uniformRank: number | null;
  /** Vectors that the search trained. */
  readonly vectorCount: number;
  /** Uniform's score less the winner's in the search itself; null where uniform was not among its vectors. */
  readonly searchGain: number | null;
  readonly comparison: Comparison<Superiority>;
}

/**
 * What a confirmation showed; null: it has too few seeds. `noTest`: the data have no test part. `left out`: none was asked for.
 * `not ended`: it is still to come, or in the middle.
 */
export type Comparison<Result> = Result | null | 'noTest' | 'left out' | 'not ended';

/** The first line of a report. */
export function verdictSentence({ winner, uniformRank, vectorCount, searchGain, comparison }: VerdictFacts): string {
  if (winner === null) return 'no claim is possible: no trial finished';
  if (comparison === 'noTest') return 'no claim is possible: without a test part every row took part in choosing';
  if (comparison === 'left out') return 'no claim is possible: the confirmation on fresh seeds was left out';
  if (comparison === 'not ended') return 'no claim is possible yet: the confirmation on fresh seeds has not ended';
  if (uniformRank === null) return 'no claim is possible: the budget buys no rank everywhere to compare with';
  const uniform = `uniform ${uniformRank}`;
  if (winner.every((rank) => rank === uniformRank)) {
    return `no vector found better than ${uniform} at this budget: ${uniform} is the search's own answer (${vectors(vectorCount)} seen)`;
  }
  if (comparison === null)
    return `no claim is possible: fewer than 2 seeds finished for both ${ranksKey(winner)} and ${uniform}`;
  const { gain, standardError, smallestVisibleGain } = comparison;
  const show = (value: number) => value.toFixed(decimalsOf(standardError));
  const interval = intervalText(comparison.interval, show);
  if (!comparison.isClaimed) {
    return (
      `no vector found better than ${uniform} at this budget; a gain under ${show(smallestVisibleGain)} MSE would not have been seen ` +
      `(${ranksKey(winner)}: ${show(gain)}, ${interval}; ${vectors(vectorCount)} seen)`
    );
  }
  const shown = searchGain === null ? '' : `; the search showed ${show(searchGain)}${selectionText(gain, searchGain)}`;
  return `${ranksKey(winner)} beats ${uniform} by ${show(gain)} MSE (${interval}; ${vectors(vectorCount)} seen${shown})`;
}

/** What a study may say of the cheaper vector that it named. `saving`: share of the winner's adapter parameters spared. */
export function cheaperSentence(
  cheaper: GroupRanks,
  winner: GroupRanks,
  saving: number,
  comparison: NonInferiority | null,
): string {
  const [small, large] = [ranksKey(cheaper), ranksKey(winner)];
  if (comparison === null) return `no claim is possible: fewer than 2 seeds finished for both ${small} and ${large}`;
  const show = (value: number) => value.toFixed(decimalsOf(comparison.standardError));
  const excess = `excess ${show(comparison.excess)} MSE, ${intervalText(comparison.interval, show)}`;
  const [margin, spared] = [percent(comparison.margin), percent(saving)];
  return comparison.isClaimed
    ? `${small} is worse than ${large} by less than ${margin} with ${spared} fewer parameters (${excess})`
    : `not shown that ${small}, with ${spared} fewer parameters, is worse than ${large} by less than ${margin} (${excess})`;
}

/** Decimals down to the first digit that the standard error leaves in doubt. */
function decimalsOf(standardError: number): number {
  const digits = standardError > 0 ? -Math.floor(Math.log10(standardError)) : 6;
  return Math.min(10, Math.max(2, digits));
}

function intervalText([low, high]: readonly [number, number], show: (value: number) => string): string {
  return `95 % interval ${show(low)} to ${show(high)}`;
}

function selectionText(gain: number, searchGain: number): string {
  const selected = (searchGain - gain) / searchGain;
  if (!(searchGain > 0) || selected < 0.1) return '';
  return selected > 0.5 ? ', most of it selection' : ', part of it selection';
}

function vectors(count: number): string {
  return count === 1 ? '1 vector' : `${count} vectors`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
