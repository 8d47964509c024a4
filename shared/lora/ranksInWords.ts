import { parseModulePath, TARGETS } from './modulePaths.ts';
import type { RankMap } from './rankMap.ts';

/** Ranks per kind of matrix, layers bottom to top: `query 6,5,0; value 12,8,8`. A module that is not among them is shown as `-`. */
export function ranksInWords(ranks: RankMap): string {
  const places = [...ranks].flatMap(([path, rank]) => {
    const place = parseModulePath(path);
    return place ? [{ ...place, rank }] : [];
  });
  const layerCount = Math.max(0, ...places.map(({ layer }) => layer + 1));
  return TARGETS.flatMap((target) => {
    const row = Array.from({ length: layerCount }, () => '-');
    const ofTarget = places.filter((place) => place.target === target);
    for (const { layer, rank } of ofTarget) row[layer] = String(rank);
    return ofTarget.length > 0 ? [`${target} ${row.join(',')}`] : [];
  }).join('; ');
}
