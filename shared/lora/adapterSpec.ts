import { loraScaleName } from './loraLinear.ts';
import { adaLoraScale, type AlphaRule, loraScale } from './loraScale.ts';
import type { RankMap } from './rankMap.ts';

/** What decides an adapter's tensors and strength before any training: rank (at least 1) and scale of every adapted module. */
export interface AdapterSpec {
  readonly ranks: RankMap;
  readonly scales: ReadonlyMap<string, number>;
}

/** The adapter of some ranks under an alpha rule; modules of rank 0 are left out. */
export function adapterSpec(ranks: RankMap, rule: AlphaRule): AdapterSpec {
  const adapted = new Map([...ranks].filter(([, rank]) => rank > 0));
  return { ranks: adapted, scales: new Map([...adapted].map(([path, rank]) => [path, loraScale(rule, rank)])) };
}

/** What AdaLoRA starts with: every module at one rank, which also decides the scale once and for all. */
export function adaLoraAdapterSpec(paths: Iterable<string>, initialRank: number, rule: AlphaRule): AdapterSpec {
  const ranks = new Map([...paths].map((path) => [path, initialRank]));
  const scale = adaLoraScale(rule, initialRank);
  return { ranks, scales: new Map([...ranks.keys()].map((path) => [path, scale])) };
}

/** The scale of each adapted module, by the name of the plan's input. */
export function scaleInputs({ scales }: AdapterSpec): Map<string, Float32Array> {
  return new Map([...scales].map(([path, scale]) => [loraScaleName(path), Float32Array.of(scale)]));
}
