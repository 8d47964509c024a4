import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CliRun, runCli } from '../../support/runCli.ts';
import { PATIENCE_MS, STUDY_DATA, studyFixture } from '../../support/studyFixture.ts';

const { folder, journal, prepare, start, finishedTrials, adapterHashes } = studyFixture();

/** Nine vectors of five epochs; the second epoch is the first to prune at. */
const SPACE = ['--strategy', 'grid', '--groups', '2', '--allowed', '1,4,16', '--confirm-seeds', '0'];
const STUDY = [...STUDY_DATA, ...SPACE, '--epochs', '5', '--batch', '8', '--pruner', 'median'];

let whole: CliRun;
beforeAll(async () => {
  prepare();
  whole = await runCli(['search', ...STUDY, '--out', 'whole', '--json'], { cwd: folder });
}, PATIENCE_MS);

interface EndedTrial {
  readonly trial: number;
  readonly status: string;
  readonly message: string;
  readonly curve: readonly number[];
}

const endedTrials = (study: string): EndedTrial[] => JSON.parse(JSON.stringify(finishedTrials(study)));
const prunedTrials = () => endedTrials('whole').filter(({ status }) => status === 'pruned');

describe('a study with --pruner median', () => {
  test('ends trials before their last epoch, none of the first five, and finds its best among the rest', () => {
    expect(whole.code).toBe(0);
    const { trials, best, history } = JSON.parse(whole.stdout);
    const pruned = prunedTrials();
    expect(pruned.length).toBeGreaterThan(0);
    expect(trials).toEqual({ finished: 9 - pruned.length, withoutResult: pruned.length, pruned: pruned.length });
    for (const { trial, curve, message } of pruned) {
      expect(trial).toBeGreaterThan(5);
      expect(curve.length).toBeGreaterThanOrEqual(2);
      expect(curve.length).toBeLessThan(5);
      expect(message).toContain('the median of');
      const epochs = journal('whole').filter((record) => record.kind === 'epoch' && record['trial'] === trial);
      expect(epochs.map((record) => Object(record['validation']).mse)).toEqual(curve);
    }
    const scores = history.flatMap(({ score }: { score?: number }) => score ?? []);
    expect(best.score).toBe(Math.min(...scores));
  });

  test('says so in its status, its report and its table, and keeps no adapter of a pruned trial', async () => {
    const pruned = prunedTrials();
    const words = `${9 - pruned.length} trials finished, ${pruned.length} pruned`;
    expect((await runCli(['status', 'whole'], { cwd: folder })).stdout).toContain(words);
    const report = readFileSync(join(folder, 'whole', 'report.md'), 'utf8');
    expect(report).toContain(`${9 - pruned.length} trained to the end, ${pruned.length} pruned.`);
    const table = readFileSync(join(folder, 'whole', 'trials.csv'), 'utf8').split('\r\n');
    for (const { trial, message } of pruned) {
      expect(report).toContain(`pruned: ${message}`);
      expect(table[trial]).toContain(`${trial},pruned,`);
      expect(existsSync(join(folder, 'whole', 'adapters', `trial-000${trial}.safetensors`))).toBe(false);
    }
  });

  test(
    'prunes the same at the same epoch after SIGKILL in the middle of a trial that is to be pruned',
    async () => {
      const often = ['--checkpoint-seconds', '0'];
      const [first] = prunedTrials();
      let running = start('search', ...STUDY, '--out', 'killed', ...often);
      const heard = () => journal('killed').some(({ kind, trial }) => kind === 'epoch' && trial === first?.trial);
      while (!heard() && running.child.exitCode === null) await wait(5);
      running.child.kill('SIGKILL');
      await running.ended;
      expect(endedTrials('killed').length).toBeLessThan(9);
      running = start('resume', 'killed', ...often);
      const { code, stderr } = await running.ended;
      expect(code).toBe(0);
      expect(stderr).toContain(`trial ${first?.trial} goes on after step`);
      expect(endedTrials('killed')).toEqual(endedTrials('whole'));
      expect(adapterHashes('killed')).toEqual(adapterHashes('whole'));
    },
    PATIENCE_MS,
  );
});

describe('a pruner that cannot work', () => {
  test.each([
    ['another name', ['--pruner', 'luck'], '--pruner must be one of none, median, halving'],
    ['too few epochs', ['--epochs', '1'], '--pruner median could end no trial: with --epochs 1'],
    ['a share over 1', ['--prune-after', '40'], '--prune-after must be'],
  ])('is refused before anything is written: %s', async (_, args, words) => {
    const { code, stderr } = await runCli(['search', ...STUDY, ...args, '--out', 'wrong'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(join(folder, 'wrong'))).toBe(false);
  });

  test('is refused on recorded results, and so is an importance', async () => {
    const wrong = ['--pruner', 'median', '--importance', 'paper'];
    const { code, stderr } = await runCli(['simulate', '--table', 'whole', ...wrong], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('--pruner median needs the curves of trainings');
    expect(stderr).toContain('--importance paper is measured on trainings');
  });
});
