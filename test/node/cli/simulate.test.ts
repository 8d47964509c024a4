import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paperGridJson } from '../../support/paperTables.ts';

const DARSE = resolve(import.meta.dirname, '../../../node/darse.mjs');
const folder = mkdtempSync(join(tmpdir(), 'darse-simulate-'));
const table = join(folder, 'grid.json');

beforeAll(() => writeFileSync(table, JSON.stringify(paperGridJson())));
afterAll(() => rmSync(folder, { recursive: true }));

function simulate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DARSE, 'simulate', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Simulation {
  readonly runs: readonly {
    readonly seed: number;
    readonly visits: readonly (readonly number[])[];
    readonly best: readonly number[];
    readonly regret: number;
    readonly claim: unknown;
  }[];
}

function simulateJson(...args: string[]): Simulation {
  const { status, stdout } = simulate('--table', table, '--json', ...args);
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

test('plays the paper search on its grid: 13 trainings, 384@384@128, 1.8 % above the best', () => {
  const { runs } = simulateJson('--allowed', '128,256,384,512', '--delta', '128', '--fine-step', '128');
  expect(runs).toHaveLength(1);
  expect(runs[0]?.visits).toHaveLength(13);
  expect(runs[0]?.best).toEqual([384, 384, 128]);
  expect(runs[0]?.regret).toBeCloseTo(0.017838 / 0.017527 - 1, 12);
});

test('dead-ends under the budget of uniform rank 256 from the top down', () => {
  const { runs } = simulateJson('--strategy', 'coarse', '--budget', '256r', '--group-order', '3,2,1');
  expect(runs[0]).toMatchObject({
    visits: [
      [128, 128, 128],
      [128, 128, 256],
      [128, 128, 384],
      [128, 128, 512],
    ],
    best: [128, 128, 512],
  });
});

test('plays as many seeds as asked, the same again for the same command', () => {
  const flags = ['--strategy', 'random', '--seeds', '4', '--seed', '10', '--noise', '0.00025', '--trials', '9'];
  const first = simulateJson(...flags, '--budget', '768');
  expect(first.runs.map(({ seed }) => seed)).toEqual([10, 11, 12, 13]);
  expect(first.runs.every(({ visits }) => visits.length === 9)).toBe(true);
  const totals = first.runs.flatMap(({ visits }) => visits.map((ranks) => ranks.reduce((sum, rank) => sum + rank, 0)));
  expect(Math.max(...totals)).toBeLessThanOrEqual(768);
  expect(new Set(first.runs.map(({ visits }) => visits.join())).size).toBe(4);
  expect(simulateJson(...flags, '--budget', '768')).toEqual(first);
});

test('says in words what it found', () => {
  const { status, stdout } = simulate('--table', table, '--strategy', 'uniform-sweep', '--allowed', '128-512/128');
  expect(status).toBe(0);
  expect(stdout).toContain('seed 0: 512@512@512 after 4 trainings, 3.27 % above the best within reach');
  expect(stdout).toContain('within reach: 384@512@256, MSE 0.017527');
});

test.each([
  [['--budget', '100'], 'the least ranks, 128@128@128, cost 384 parameters, the budget is 100'],
  [['--allowed', '256,128'], 'allowed ranks must ascend'],
  [['--groups', '4'], "the table's vectors have 3 ranks, --groups says 4"],
  [['--group-order', '3,3,1'], '--group-order must name each group 1–3 once, got "3,3,1"'],
  [['--strategy', 'fine', '--start', '128@130@128'], '--start must be of allowed ranks (128, 256, 384, 512), got 130'],
  [['--strategy', 'motivation', '--base', '512', '--budget', '1000'], '--base is over the budget'],
  [['--strategy', 'guess'], '--strategy must be one of darse, coarse'],
])('refuses %j with exit code 2', (flags, message) => {
  const { status, stderr, stdout } = simulate('--table', table, ...flags);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('refuses a table that is missing or damaged', () => {
  const damaged = join(folder, 'damaged.json');
  writeFileSync(damaged, '[{"rank": [1,');
  for (const [path, message] of [
    [join(folder, 'none.json'), 'no such file or folder'],
    [damaged, 'is not JSON'],
    [folder, 'it is a folder'],
  ] as const) {
    const { status, stderr } = simulate('--table', path);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  }
  expect(simulate().stderr).toContain('name the file of recorded results with --table');
});
