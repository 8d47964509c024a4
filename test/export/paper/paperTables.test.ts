import { describe, expect, test } from 'vitest';
import type { PaperRun } from '../../../shared/export/paper/paperRun.ts';
import { paperTables } from '../../../shared/export/paper/paperTables.ts';
import { SMOKE_NOTICE } from '../../../shared/search/presets/paperPresets.ts';
import { ranksKey } from '../../../shared/search/rankSpace.ts';
import { csvRows } from '../../support/csvRows.ts';
import { PAPER_FIGURES, paperStudy, type TrainedVector } from '../../support/paperStudy.ts';

/** Results that are the paper's own: whatever is printed of them must be what the paper prints. */
const GRID: readonly TrainedVector[] = PAPER_FIGURES.grid.map(({ ranks, epoch, metrics }) => ({
  ranks,
  epochs: [{ epoch, metrics }],
}));
const UNIFORM: readonly TrainedVector[] = [8, 16, 32, 64, 128, 256, 384, 512].map((rank) => {
  const figures = PAPER_FIGURES.uniform.filter((figure) => figure.rank === rank);
  const { seconds, memoryMiB } = figures[0] ?? expect.fail(`no figure of rank ${rank}`);
  const between = figures.map(({ epoch, metrics }) => ({ epoch: epoch - 1, metrics: { ...metrics, mse: 1 } }));
  const epochs = [...figures, ...between].toSorted((a, b) => a.epoch - b.epoch);
  return { ranks: [rank], seconds, memoryMiB, epochs: epochs.map(({ epoch, metrics }) => ({ epoch, metrics })) };
});
const METRICS = PAPER_FIGURES.uniform[0]?.metrics ?? expect.fail('no figure');

function trained(key: string, mse: number): TrainedVector {
  return { ranks: key.split('@').map(Number), epochs: [{ epoch: 100, metrics: { ...METRICS, mse } }] };
}

const rowsOf = (run: PaperRun) => csvRows(paperTables(run, 'none').csv);

describe('Table IX', () => {
  const run = paperStudy({ preset: 'grid', scale: 'full' }, [...GRID.slice(32), ...GRID.slice(0, 32)]);

  test('has all 64 vectors under the run numbers of the paper, the lowest MSE first', () => {
    const names = rowsOf(run).flatMap((row) => (row['source'] === 'here' ? [row['run']] : []));
    expect(names).toHaveLength(64);
    expect(names.slice(0, 2)).toEqual(['3-16-384@512@256', '3-12-512@256@384']);
    expect(names.at(-1)).toBe('3-64-128@128@128');
    expect(names).toEqual(PAPER_FIGURES.grid.map(({ run: k, ranks }) => `3-${k}-${ranksKey(ranks)}`));
  });

  test('prints its numbers as the paper does', () => {
    // Table IX, runs 3-16 and 3-23.
    const printed = {
      '3-16-384@512@256': '64 0.017527 0.094646 0.132390 80.32 76.12 78.20 76.12 76.52',
      '3-23-256@384@128': '66 0.018048 0.096820 0.134344 79.73 76.25 78.07 76.25 76.61',
    };
    for (const [name, numbers] of Object.entries(printed)) {
      const rows = rowsOf(run).filter((row) => row['run'] === name);
      const cells = (source: string) => ['full', 'Table IX', name, ...numbers.split(' '), source];
      expect(rows.map((row) => Object.values(row))).toEqual([cells('here'), cells('paper')]);
    }
  });

  test('names the misprinted run', () => {
    expect(rowsOf(run).some((row) => row['run'] === '3-11-512@384@128')).toBe(true);
    expect(paperTables(run, 'none').markdown).toContain('run 3-11 as 64@128@256');
  });
});

describe('Tables I–VIII', () => {
  const run = paperStudy({ preset: 'uniform-sweep', scale: 'full' }, UNIFORM);

  test('have the five report epochs of each rank, and none between', () => {
    const here = rowsOf(run).filter((row) => row['source'] === 'here');
    expect(here.map((row) => `${row['table']} ${row['rank']} ${row['epoch']}`)).toEqual(
      PAPER_FIGURES.uniform.map(({ table, rank, epoch }) => `Table ${table} ${rank} ${epoch}`),
    );
    expect(here).toHaveLength(40);
  });

  test('print metrics, memory and seconds as the paper does', () => {
    // Table I, epoch 80.
    const numbers = '0.022299 0.106003 0.149330 74.96 74.01 76.20 74.01 74.65 21872 229915';
    const rows = rowsOf(run).filter((row) => row['rank'] === '8' && row['epoch'] === '80');
    const cells = (source: string) => ['full', 'Table I', '8', '80', ...numbers.split(' '), source];
    expect(rows.map((row) => Object.values(row))).toEqual([cells('here'), cells('paper')]);
  });

  test('are one Markdown table each', () => {
    const { markdown } = paperTables(run, 'none');
    expect(markdown.match(/^## .*/gm)?.at(-1)).toBe('## Table VIII: rank 512 in every layer');
    expect(markdown.match(/^\| rank \| epoch \| MSE \|/gm)).toHaveLength(8);
  });
});

test('figure 1 is one row for a group and rank, beside the base that it draws as a line', () => {
  const run = paperStudy({ preset: 'motivation', scale: 'full' }, [
    trained('256@256@256@256', 0.02),
    trained('384@256@256@256', 0.019),
    trained('256@256@256@128', 0.021),
  ]);
  expect(rowsOf(run).map((row) => Object.values(row))).toEqual([
    ['full', 'Figure 1', 'A', 'layers 1–6', '384', '0.019000', '0.020000', '-5.00', 'here'],
    ['full', 'Figure 1', 'D', 'layers 19–24', '128', '0.021000', '0.020000', '5.00', 'here'],
  ]);
  expect(paperTables(run, 'none').markdown).toContain(
    'Dashed line of every panel: MSE 0.020000 at 256@256@256@256.\n\nThe paper prints no number of this figure; its Table VI has 0.018747',
  );
});

describe('the visits of paper-search', () => {
  /** Worked by hand in test/search/strategies/greedy.test.ts: the coarse search takes 13, the fine one nothing more. */
  const ORDER = `128@128@128 256@128@128 384@128@128 512@128@128 384@256@128 384@384@128 384@512@128
    384@384@256 384@384@384 384@384@512 128@384@128 256@384@128 512@384@128`.split(/\s+/);

  test('are in the order of the search, and say where each phase and the search ended', () => {
    const visited = ORDER.flatMap((key) => GRID.filter(({ ranks }) => ranksKey(ranks) === key));
    const run = paperStudy({ preset: 'paper-search', scale: 'full' }, visited);
    const here = rowsOf(run).filter((row) => row['source'] === 'here');
    expect(here.map((row) => row['ranks'])).toEqual(ORDER);
    expect(here[2]).toMatchObject({ parameters: '20971520', MSE: '0.018320', 'lowest so far': '0.018320' });
    expect(here[3]).toMatchObject({ MSE: '0.018638', 'lowest so far': '0.018320' });
    const { markdown } = paperTables(run, 'none');
    expect(markdown).toContain('ended at 384@384@128 after 13 trainings');
    expect(markdown).toContain('(Algorithm 2) around it asked for 0 more');
    expect(markdown).toContain('End: 384@384@128, validation MSE 0.017838.');
  });

  test('tell the phase that asked for each', () => {
    // More rank is a little better: the first sweep ends at 512@512@512, and its gain is too small for a second.
    const coarse = `128@128@128 256@128@128 384@128@128 512@128@128 512@256@128 512@384@128 512@512@128
      512@512@256 512@512@384 512@512@512`.split(/\s+/);
    // Around it by 128 only these two are new: 512@512@384 is known.
    const fine = ['384@512@512', '512@384@512'];
    const mse = (key: string) => 0.02 - 1e-9 * key.split('@').reduce((sum, rank) => sum + Number(rank), 0);
    const visited = [...coarse, ...fine].map((key) => trained(key, mse(key)));
    const run = paperStudy({ preset: 'paper-search', scale: 'full' }, visited);
    const here = rowsOf(run).filter((row) => row['source'] === 'here');
    expect(here.map((row) => row['phase'])).toEqual([...coarse.map(() => 'coarse'), ...fine.map(() => 'fine')]);
  });
});

describe('what is said of the numbers', () => {
  test('a smoke run has no figure of the paper beside its own, and says that it means nothing', () => {
    const smoke = paperStudy({ preset: 'uniform-sweep', scale: 'smoke' }, [
      { ranks: [3], epochs: [{ epoch: 2, metrics: METRICS }] },
    ]);
    const { markdown } = paperTables(smoke, 'none');
    expect(markdown).toContain(SMOKE_NOTICE);
    expect(markdown.match(/^\| 3 \| 2 \|/gm)).toHaveLength(1);
    expect(rowsOf(smoke).map((row) => [row['scale'], row['table'], row['source']])).toEqual([
      ['smoke: made-up weights', 'Table III', undefined],
    ]);
  });

  test('a full run names the source of the figures beside its own, and its verdict', () => {
    const { markdown } = paperTables(paperStudy({ preset: 'grid', scale: 'full' }, GRID), 'no claim is possible');
    expect(markdown).toContain('Ding, Hu, Deng, Zhao, Abdullah, Dewi');
    expect(markdown).toContain('are of other data');
    expect(markdown).toContain('Verdict: no claim is possible.');
    expect(markdown).not.toContain('Otherwise than the experiment');
  });

  test("settings that are not the experiment's own are named; those of data and machine are none of its", () => {
    const given = { budget: '256r', literal: true, threads: 3 };
    const { markdown } = paperTables(paperStudy({ preset: 'paper-search', scale: 'full' }, GRID, given), 'none');
    expect(markdown).toContain('Otherwise than the experiment: --budget 256r, --literal true.');
  });
});
