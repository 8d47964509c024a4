import type { GroupRanks, RankSpace } from '../../rankSpace.ts';
import type { Outcome } from '../../strategy.ts';
import { gaussianProcess } from './gaussianProcess.ts';
import { drawKernelSettings } from './kernelPrior.ts';
import { rankKernel, rankScale } from './rankKernel.ts';

/** Settings less probable than this, beside the most probable one, are left out of predictions. */
const LEAST_WEIGHT = 0.05;

/** A score further above the median than so many times what the best lies under it is taken to lie there: a training that went wrong tells nothing of the others. */
const WORST_SCORES = 5;

/** What the model holds of a vector's score, noise not counted. */
export interface Prediction {
  readonly mean: number;
  /** SD of what is not known. */
  readonly deviation: number;
}

export interface SurrogateModel {
  /** The vectors that it was fitted to. */
  readonly known: readonly GroupRanks[];
  predict(ranks: GroupRanks): Prediction;
}

/**
 * The average of Gaussian processes over kernel settings drawn from a prior, each weighted by the marginal likelihood of the outcomes
 * under it: with some tens of scores no single setting is sure. Outcomes without a score are left out; null where none has one.
 */
export function fitSurrogate(space: RankSpace, outcomes: readonly Outcome[]): SurrogateModel | null {
  const scored = outcomes.flatMap(({ ranks, score }) =>
    score !== null && Number.isFinite(score) ? [{ ranks, score }] : [],
  );
  if (scored.length === 0) return null;
  const known = scored.map(({ ranks }) => ranks);
  const { values, centre, unit } = standardise(scored.map(({ score }) => score));
  const scale = rankScale(space, known);
  const levels = known.map((ranks) => scale.levelsOf(ranks));
  const processes = drawKernelSettings(space.groups.length).map((settings) =>
    gaussianProcess(rankKernel(settings, scale), settings.noiseShare, levels, values),
  );
  const most = Math.max(...processes.map(({ logEvidence }) => logEvidence));
  const weighted = processes
    .map((process) => ({ process, weight: Math.exp(process.logEvidence - most) }))
    .filter(({ weight }) => weight > LEAST_WEIGHT);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  return {
    known,
    predict(ranks) {
      const place = scale.levelsOf(ranks);
      let mean = 0;
      let square = 0;
      for (const { process, weight } of weighted) {
        const one = process.predict(place);
        mean += (weight / total) * one.mean;
        square += (weight / total) * (one.variance + one.mean ** 2);
      }
      return { mean: centre + unit * mean, deviation: unit * Math.sqrt(Math.max(0, square - mean ** 2)) };
    },
  };
}

/** Scores as values of mean 0 and SD 1 (all 0 where the scores are equal): score = centre + unit · value. */
function standardise(scores: readonly number[]): { values: number[]; centre: number; unit: number } {
  const ascending = scores.toSorted((a, b) => a - b);
  const median = ascending[ascending.length >> 1] ?? 0;
  const worst = median + WORST_SCORES * (median - (ascending[0] ?? 0));
  const usable = scores.map((score) => Math.min(score, worst));
  const centre = usable.reduce((sum, score) => sum + score, 0) / usable.length;
  const squares = usable.reduce((sum, score) => sum + (score - centre) ** 2, 0);
  const unit = Math.sqrt(squares / Math.max(1, usable.length - 1)) || 1;
  return { values: usable.map((score) => (score - centre) / unit), centre, unit };
}
