import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { encoderTensors } from '../../../shared/encoder/backbone.ts';
import { parseEncoderConfig } from '../../../shared/encoder/encoderConfig.ts';
import { writeSafetensors } from '../../../shared/encoder/safetensorsWriter.ts';
import { METRIC_HEADS } from '../../../shared/export/paper/printedMetrics.ts';
import { SMOKE_NOTICE } from '../../../shared/search/presets/paperPresets.ts';
import { csvOf, folderHashes, temporaryFolder, tinyExamples, writeTinyModel } from '../../support/cliFixture.ts';
import { csvRows } from '../../support/csvRows.ts';
import { runCli, startCli } from '../../support/runCli.ts';

const folder = temporaryFolder();
/** Longer than any smoke run takes on a busy machine; an idle one needs about 20 s for the longest. */
const PATIENCE_MS = 300_000;

const NUMBER = /^-?\d+\.\d{2,6}$/;

async function reproduce(preset: string, ...more: string[]) {
  const run = await runCli(['reproduce', preset, '--scale', 'smoke', '--out', preset, '--json', ...more], {
    cwd: folder,
  });
  return { ...run, ...tablesOf(preset) };
}

function tablesOf(study: string): { markdown: string; rows: Record<string, string>[] } {
  const read = (name: string) => readFileSync(join(folder, study, name), 'utf8');
  return { markdown: read('tables.md'), rows: csvRows(read('tables.csv')) };
}

describe('each experiment at smoke scale runs end to end and leaves the tables of the paper', () => {
  test(
    'motivation: a base and twelve rows, three ranks in each of four groups',
    async () => {
      const { code, stdout, stderr, rows } = await reproduce('motivation');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ end: 'finished', trials: { finished: 13, withoutResult: 0 } });
      expect(JSON.parse(stdout).verdict.sentence).toContain('no claim is possible: without a test part');
      expect(stderr.split('\n').filter((line) => line === SMOKE_NOTICE)).toHaveLength(2);
      // Plan and forecast come before the first training.
      expect(stderr.slice(0, stderr.indexOf('\n    1  '))).toMatch(
        /plan of motivation at smoke scale: 13 trainings[^]*forecast, from \d+ steps timed in .+ s: [^]* peak memory about /,
      );
      expect(rows.map((row) => `${row['panel']} ${row['group']} ${row['rank']}`)).toEqual(
        ['A layers 1–6', 'B layers 7–12', 'C layers 13–18', 'D layers 19–24'].flatMap((panel) =>
          [1, 4, 8].map((rank) => `${panel} ${rank}`),
        ),
      );
      const [first] = JSON.parse(stdout).history;
      expect(first.ranks).toEqual([2, 2, 2, 2]);
      expect(new Set(rows.map((row) => row['base MSE']))).toEqual(new Set([first.score.toFixed(6)]));
    },
    PATIENCE_MS,
  );

  test(
    'uniform-sweep: eight tables, each with every metric at the report epochs, memory and seconds',
    async () => {
      const { code, stdout, markdown, rows } = await reproduce('uniform-sweep');
      expect(code).toBe(0);
      const tables = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII'];
      expect(rows.map((row) => `${row['table']} ${row['rank']} ${row['epoch']}`)).toEqual(
        tables.flatMap((table, i) => [1, 2].map((epoch) => `Table ${table} ${i + 1} ${epoch}`)),
      );
      for (const row of rows) for (const head of METRIC_HEADS) expect(row[head], head).toMatch(NUMBER);
      const { history } = JSON.parse(stdout);
      expect(rows.filter((row) => row['epoch'] === '2').map((row) => row['MSE'])).toEqual(
        history.map(({ score }: { score: number }) => score.toFixed(6)),
      );
      // Node with an engine in it has never fitted into less.
      for (const row of rows) expect(Number(row['memory (MiB)'])).toBeGreaterThan(50);
      for (const row of rows) expect(Number(row['seconds'])).toBeGreaterThan(0);
      expect(markdown.match(/^## Table [IV]+: rank \d in every layer$/gm)).toHaveLength(8);
    },
    PATIENCE_MS,
  );

  test(
    'grid: 64 rows 3-k-a@b@c, the lowest MSE first',
    async () => {
      const { code, stdout, markdown, rows } = await reproduce('grid');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).trials).toMatchObject({ finished: 64, withoutResult: 0 });
      expect(rows).toHaveLength(64);
      expect(Object.keys(rows[0] ?? {})).toEqual(['scale', 'table', 'run', 'epoch', ...METRIC_HEADS]);
      const runs = rows.map((row) => /^3-(\d+)-([1248])@([1248])@([1248])$/.exec(row['run'] ?? ''));
      expect(new Set(runs.map((run) => Number(run?.[1])))).toEqual(
        new Set(Array.from({ length: 64 }, (_, i) => i + 1)),
      );
      // Run 3-16 of the paper is 384@512@256: the third, the fourth and the second of its ranks.
      expect(rows.some((row) => row['run'] === '3-16-4@8@2')).toBe(true);
      const errors = rows.map((row) => Number(row['MSE']));
      expect(errors).toEqual(errors.toSorted((a, b) => a - b));
      expect(JSON.parse(stdout).best.score.toFixed(6)).toBe(rows[0]?.['MSE']);
      expect(markdown).toContain(SMOKE_NOTICE);
      const report = readFileSync(join(folder, 'grid', 'report.md'), 'utf8');
      expect(report).toContain(SMOKE_NOTICE);
      expect(report).toContain('npx darse reproduce grid --scale smoke \\\n  --out again');
    },
    PATIENCE_MS,
  );

  test(
    'paper-search: the vectors of both algorithms in their order, also where it was interrupted and resumed',
    async () => {
      const { code, stdout, markdown, rows } = await reproduce('paper-search');
      expect(code).toBe(0);
      const { history, best } = JSON.parse(stdout);
      expect(rows.map((row) => row['ranks'])).toEqual(history.map(({ ranks }: { ranks: number[] }) => ranks.join('@')));
      expect(rows.slice(0, 4).map((row) => row['ranks'])).toEqual(['1@1@1', '2@1@1', '4@1@1', '8@1@1']);
      const phases = rows.map((row) => row['phase']);
      expect(phases).toEqual(phases.toSorted((a = '', b = '') => a.localeCompare(b)));
      expect(markdown).toContain(`End: ${best.ranks.join('@')}, validation MSE ${best.score.toFixed(6)}.`);

      const running = startCli(['reproduce', 'paper-search', '--out', 'pieces'], { cwd: folder });
      const journal = join(folder, 'pieces', 'study.jsonl');
      const trials = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('"kind":"trial"').length - 1 : 0);
      while (trials() < 3 && running.child.exitCode === null) await wait(10);
      running.child.kill('SIGINT');
      const interrupted = await running.ended;
      expect(interrupted.code).toBe(130);
      expect(interrupted.stderr).toContain('go on with: npx darse resume pieces');
      const resumed = await runCli(['resume', 'pieces'], { cwd: folder });
      expect(resumed.code).toBe(0);
      expect(resumed.stderr.split('\n').filter((line) => line === SMOKE_NOTICE)).toHaveLength(2);
      expect(tablesOf('pieces')).toEqual({ markdown, rows });
    },
    PATIENCE_MS,
  );
});

test('full scale prints its plan for the model and the data before it trains', async () => {
  writeTinyModel(join(folder, 'wide'));
  const config = {
    ...JSON.parse(readFileSync(join(folder, 'wide', 'config.json'), 'utf8')),
    num_hidden_layers: 24,
    hidden_size: 512,
    intermediate_size: 8,
    max_position_embeddings: 514,
  };
  const shapes = encoderTensors(parseEncoderConfig(config));
  const zeros = Array.from(shapes, ([name, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return [name, { shape, data: new Float32Array(length) }] as const;
  });
  writeFileSync(join(folder, 'wide', 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'wide', 'model.safetensors'), writeSafetensors(new Map(zeros), new Map()));
  writeFileSync(join(folder, 'texts.csv'), csvOf(tinyExamples(100)));
  const args = ['reproduce', 'grid', '--scale', 'full', '--out', 'full', '--data', 'texts.csv', '--model', 'wide'];
  const running = startCli(args, { cwd: folder });
  let told = '';
  running.child.stderr?.on('data', (text: string) => (told += text));
  while (!told.includes('plan of') && running.child.exitCode === null) await wait(10);
  running.child.kill('SIGKILL');
  const { stderr } = await running.ended;
  // 24 layers, query and value of 512 by 512: 49,152 parameters a unit of uniform rank. 90 texts in batches of 10.
  expect(stderr).toContain(
    'plan of grid at full scale: 64 trainings of 100 epochs, 900 steps each; 6,291,456 to 25,165,824 adapter parameters',
  );
  expect(existsSync(join(folder, 'full', 'study.jsonl'))).toBe(false);
});

describe('what cannot be reproduced is told, and nothing is written', () => {
  test.each([
    ['another experiment', ['luck', '--out', 'x'], ['must be one of motivation, uniform-sweep, grid, paper-search']],
    [
      'full scale without texts',
      ['grid', '--scale', 'full', '--out', 'x'],
      ["the paper's texts are not public", '--data'],
    ],
    ['texts at smoke scale', ['grid', '--data', 'texts.csv', '--out', 'x'], ['--data are for --scale full']],
    [
      'no folder, and a model at smoke scale, at once',
      ['grid', '--model', 'm'],
      ['--out', '--model are for --scale full'],
    ],
    ['a budget that is none', ['paper-search', '--budget', 'much', '--out', 'x'], ['--budget must be parameters']],
    ['a budget below the least ranks', ['paper-search', '--budget', '1', '--out', 'x'], ['raise the budget']],
  ])('%s', async (_, args, words) => {
    const { code, stderr } = await runCli(['reproduce', ...args], { cwd: folder });
    expect(code).toBe(2);
    for (const word of words) expect(stderr).toContain(word);
    expect(existsSync(join(folder, 'x')) ? folderHashes(join(folder, 'x')) : {}).toEqual({});
  });
});
