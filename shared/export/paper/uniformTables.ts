import { PRESET_TABLES } from '../../search/presets/paperPresets.ts';
import { uniformRanks } from '../../search/rankSpace.ts';
import { inPaperRanks, type PaperRun, trialOf } from './paperRun.ts';
import { METRIC_HEADS, metricCells } from './printedMetrics.ts';
import type { PrintedTable } from './printedTable.ts';

const MEBIBYTE = 2 ** 20;

/** Tables I–VIII: for each rank the metrics at the report epochs, with memory and time of the whole training. */
export function uniformTables(run: PaperRun): PrintedTable[] {
  const { journal, figures, reproduction } = run;
  const reportEpochs = PRESET_TABLES[reproduction.preset].reportEpochs[reproduction.scale];
  return journal.space.allowed.flatMap((rank) => {
    const trial = trialOf(journal, uniformRanks(journal.space, rank));
    if (!trial) return [];
    const [paperRank] = inPaperRanks(run, [rank]);
    const paper = figures.uniform.filter((figure) => figure.rank === paperRank);
    const { seconds, peakMemoryBytes, resumedFromStep } = trial.facts;
    const memory = peakMemoryBytes === undefined ? '–' : (peakMemoryBytes / MEBIBYTE).toFixed(0);
    const epochs = (journal.epochs.get(trial.trial) ?? []).filter(({ epoch }) => reportEpochs.includes(epoch));
    return {
      name: `Table ${paper[0]?.table ?? '–'}`,
      caption: `rank ${rank} in every layer`,
      heads: ['rank', 'epoch', ...METRIC_HEADS, 'memory (MiB)', 'seconds'],
      rows: epochs.map(({ epoch, validation }) => {
        const printed = paper.find((figure) => figure.epoch === epoch);
        return {
          cells: [rank, epoch, ...metricCells(validation), memory, seconds.toFixed(seconds < 100 ? 1 : 0)].map(String),
          paper:
            printed === undefined
              ? null
              : [rank, epoch, ...metricCells(printed.metrics), printed.memoryMiB, printed.seconds].map(String),
        };
      }),
      notes:
        resumedFromStep === null
          ? []
          : [`The training was interrupted; memory and seconds are of what followed step ${resumedFromStep}.`],
    };
  });
}
