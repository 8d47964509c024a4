import { foldKey, normalAt, randomKey } from '../../../study/random.ts';
import type { KernelSettings } from './rankKernel.ts';

/** Settings that are averaged over: more no longer helped on synthetic surfaces. */
const DRAWS = 24;

/** Log of the pairs', the neighbours' and the rest's share over the main effects' (logistic normal): chosen on synthetic surfaces (test/bench/syntheticSurface.ts). */
const LOG_SHARE = { mean: -1, deviation: 1.5 };
/**
 * The rest's part that is noise. Where no vector was trained twice, noise and what vectors have of their own cannot be told
 * apart: half each did best on synthetic surfaces without and with noise.
 */
const NOISE_OF_REST = 0.5;
/** Log of the length scale: chosen there too. */
const LOG_LENGTH = { mean: 0, deviation: 0.7 };
/** Log of a group's relevance before they are made to sum to 1. */
const LOG_RELEVANCE_DEVIATION = 1;

/** The middle of the prior: what is expected of a surface before anything was seen. */
export function expectedKernelSettings(groupCount: number): KernelSettings {
  return kernelSettings(groupCount, () => 0);
}

/** What a surface may be made of, drawn from the prior; the same list for the same number of groups. */
export function drawKernelSettings(groupCount: number): KernelSettings[] {
  const key = randomKey(0, 'surrogate kernel settings', groupCount);
  return Array.from({ length: DRAWS }, (_, draw) =>
    kernelSettings(groupCount, (place) => normalAt(foldKey(key, draw), place)),
  );
}

/** `normal`: the standard normal value of each free number, by its place. */
function kernelSettings(groupCount: number, normal: (place: number) => number): KernelSettings {
  const share = (place: number) => Math.exp(LOG_SHARE.mean + LOG_SHARE.deviation * normal(place));
  const [pair, near, rest] = [share(0), share(1), share(2)];
  const total = 1 + pair + near + rest;
  const relevances = Array.from({ length: groupCount }, (_, group) =>
    Math.exp(LOG_RELEVANCE_DEVIATION * normal(4 + group)),
  );
  const allRelevances = relevances.reduce((sum, relevance) => sum + relevance, 0);
  return {
    mainShare: 1 / total,
    pairShare: pair / total,
    nearShare: near / total,
    ownShare: ((1 - NOISE_OF_REST) * rest) / total,
    noiseShare: (NOISE_OF_REST * rest) / total,
    lengthScale: Math.exp(LOG_LENGTH.mean + LOG_LENGTH.deviation * normal(3)),
    relevances: relevances.map((relevance) => relevance / allRelevances),
  };
}
