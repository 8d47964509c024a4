import { DarseError, problemsError } from '../study/darseError.ts';
import type { LinearModule } from './loraLinear.ts';
import { type AdaptedShape, linearModule, modulePath, parseModulePath, type Target } from './modulePaths.ts';

/** The rank of every module that may be adapted, by module path; rank 0 stands for a module left alone. */
export type RankMap = ReadonlyMap<string, number>;

/** The same rank for every target of a layer: `ranks[layer]`, bottom to top (spec.md §1). */
export function expandRanks(ranks: readonly number[], targets: readonly Target[]): RankMap {
  return new Map(ranks.flatMap((rank, layer) => targets.map((target) => [modulePath(layer, target), rank] as const)));
}

/** The largest rank that makes sense for all these targets: min(m, n) of the smallest matrix. */
export function largestRank(targets: readonly Target[], shape: AdaptedShape): number {
  return Math.min(...targets.map((target) => fullRank(linearModule(0, target, shape))));
}

/**
 * A rank per module from JSON: `{"encoder.layer.0.attention.self.query": 4, …}`. Modules that are not named are left alone.
 * Throws `usage` with every path the encoder lacks and every rank that is no whole number 0–min(m, n).
 */
export function parseRankMap(json: Readonly<Record<string, unknown>>, shape: AdaptedShape): RankMap {
  const ranks = new Map<string, number>();
  const problems: string[] = [];
  for (const [path, rank] of Object.entries(json)) {
    const module = moduleAt(path, shape);
    if (module === undefined) {
      problems.push(
        `${path} is no module of an encoder of ${shape.layerCount} layers; they are named like ${modulePath(0, 'query')}`,
      );
    } else if (typeof rank !== 'number' || !Number.isInteger(rank) || rank < 0 || rank > fullRank(module)) {
      problems.push(`ranks["${path}"] must be a whole number 0–${fullRank(module)}, got ${JSON.stringify(rank)}`);
    } else {
      ranks.set(path, rank);
    }
  }
  if (problems.length > 0) throw problemsError('usage', 'the ranks per module are wrong:', problems);
  return ranks;
}

/** Adapter parameters: sum of r·(m + n) over the modules; heads are not counted (spec.md eq. 3). */
export function loraParameterCount(ranks: RankMap, shape: AdaptedShape): number {
  let count = 0;
  for (const [path, rank] of ranks) {
    const module = moduleAt(path, shape);
    if (module === undefined)
      throw new DarseError('input', `${path} is no module of an encoder of ${shape.layerCount} layers`);
    count += rank * (module.inputSize + module.outputSize);
  }
  return count;
}

function moduleAt(path: string, shape: AdaptedShape): LinearModule | undefined {
  const place = parseModulePath(path);
  return place === undefined || place.layer >= shape.layerCount
    ? undefined
    : linearModule(place.layer, place.target, shape);
}

function fullRank({ inputSize, outputSize }: LinearModule): number {
  return Math.min(inputSize, outputSize);
}
