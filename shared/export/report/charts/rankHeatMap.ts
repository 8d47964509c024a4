import * as Plot from '@observablehq/plot';
import { parseModulePath, TARGETS } from '../../../lora/modulePaths.ts';
import type { GroupRanks, RankSpace } from '../../../search/rankSpace.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { counted } from '../numberText.ts';
import { columns } from '../table.ts';
import { vectorName } from '../vectorName.ts';
import { drawPlot } from './drawPlot.ts';
import { heatStep } from './heatStep.ts';

export interface HeatMapData {
  readonly space: RankSpace;
  readonly ranks: GroupRanks;
}

/** The rank of every adapted matrix, layer by kind of matrix, the layer nearest the embeddings at the bottom. */
export function rankHeatMap({ space, ranks }: HeatMapData): ChartFigure {
  const cells = space.groups.flatMap(({ modules }, group) =>
    modules.flatMap((path) => {
      const place = parseModulePath(path);
      return place ? [{ layer: place.layer + 1, target: place.target, rank: ranks[group] ?? 0 }] : [];
    }),
  );
  const most = Math.max(1, ...cells.map(({ rank }) => rank), ...space.allowed);
  const targets = TARGETS.filter((target) => cells.some((cell) => cell.target === target));
  const layerCount = Math.max(0, ...cells.map(({ layer }) => layer));
  const layers = Array.from({ length: layerCount }, (_, i) => layerCount - i);
  const shades = cells.map((cell) => ({ ...cell, ...heatStep(Math.log2(1 + cell.rank) / Math.log2(1 + most)) }));
  const isCrowded = targets.length > 3;
  const rowHeight = layerCount > 12 ? 18 : 28;
  return {
    id: 'ranks',
    title: 'Where the best vector puts its ranks',
    summary: summaryOf(space, ranks),
    table: {
      columns: columns(['layer'], targets),
      rows: layers.map((layer) => ({
        cells: [
          String(layer),
          ...targets.map((target) => {
            const cell = cells.find((candidate) => candidate.layer === layer && candidate.target === target);
            return cell ? String(cell.rank) : '–';
          }),
        ],
      })),
    },
    draw:
      cells.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              height: (isCrowded ? 92 : 36) + rowHeight * layerCount,
              marginTop: 8,
              marginBottom: isCrowded ? 84 : 28,
              marginLeft: 44,
              inset: 0,
              x: {
                domain: targets,
                label: null,
                axis: 'bottom',
                tickSize: 0,
                padding: 0,
                ...(isCrowded ? { tickRotate: -35 } : {}),
              },
              y: { domain: layers, label: 'layer', tickSize: 0, padding: 0 },
              marks: [
                Plot.cell(shades, {
                  x: 'target',
                  y: 'layer',
                  fill: 'fill',
                  inset: 1.5,
                  rx: 4,
                  stroke: 'var(--line)',
                  title: ({ layer, target, rank }: (typeof shades)[number]) =>
                    `layer ${layer}, ${target}: rank ${rank}`,
                }),
                Plot.text(shades, { x: 'target', y: 'layer', text: 'rank', fill: 'ink', fontWeight: 600 }),
              ],
            }),
  };
}

function summaryOf({ groups }: RankSpace, ranks: GroupRanks): string {
  const most = Math.max(...ranks);
  const [highest, unadapted] = [groups.filter((_, i) => ranks[i] === most), groups.filter((_, i) => ranks[i] === 0)];
  if (ranks.every((rank) => rank === most)) return `Rank ${most} everywhere: ${counted(groups.length, 'group')} alike.`;
  const left = unadapted.length === 0 ? '' : ` ${counted(unadapted.length, 'group')} stay unadapted (rank 0).`;
  const names = highest.length <= 3 ? highest.map(({ name }) => name).join('; ') : counted(highest.length, 'group');
  return `${vectorName(ranks, 'The best vector')}: ${counted(groups.length, 'group')}, bottom to top. The highest rank, ${most}, is at ${names}.${left}`;
}
