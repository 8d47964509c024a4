import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatRecord, parseHistory } from '../../../shared/history/record.ts';
import { randomKey, uniformAt } from '../../../shared/study/random.ts';
import { folderHashes, tinyExamples } from '../../support/cliFixture.ts';
import { type CliRun, runCli } from '../../support/runCli.ts';
import {
  PATIENCE_MS,
  STUDY_DATA as DATA,
  STUDY_FLAGS as STUDY,
  STUDY_TRAINING as TRAINING,
  studyFixture,
} from '../../support/studyFixture.ts';

const { folder, prepare, start, journal, journalPath, finishedTrials, adapterHashes, untilRecords } = studyFixture();

let whole: CliRun;
beforeAll(async () => {
  prepare();
  whole = await runCli(['search', ...STUDY, '--out', 'whole', '--json'], { cwd: folder });
});

/** A copy of the whole study's folder as if its process had been ended after the journal's first lines. */
function cutStudy(name: string, keep: (lines: readonly string[]) => readonly string[]): void {
  cpSync(join(folder, 'whole'), join(folder, name), { recursive: true });
  const lines = readFileSync(journalPath(name), 'utf8').trimEnd().split('\n');
  writeFileSync(journalPath(name), `${keep(lines).join('\n')}\n`);
}

describe('a study', () => {
  test('ends with 0 and tells scripts its best vector, the lowest validation MSE of all', () => {
    expect(whole.code).toBe(0);
    const { end, best, history, uniform } = JSON.parse(whole.stdout);
    expect(end).toBe('finished');
    const scores = history.map(({ score }: { score: number }) => score);
    expect(scores.length).toBeGreaterThan(3);
    expect(best.score).toBe(Math.min(...scores));
    expect(uniform).toMatchObject({ ranks: [6, 6], score: null });
  });

  test('proposes allowed ranks within the budget, each vector once', () => {
    const { history } = JSON.parse(whole.stdout);
    const vectors: number[][] = history.map(({ ranks }: { ranks: number[] }) => ranks);
    expect(new Set(vectors.map(String)).size).toBe(vectors.length);
    for (const ranks of vectors) {
      expect(ranks.filter((rank) => ![2, 4, 8].includes(rank))).toEqual([]);
      expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeLessThanOrEqual(12);
    }
  });

  test('leaves journal, split, every trained adapter, the best one for PEFT, a table and a report', () => {
    const trials = finishedTrials('whole').filter(({ kind }) => kind === 'trial').length;
    const adapters = Array.from({ length: trials }, (_, i) => `adapters/trial-000${i + 1}.safetensors`);
    const best = ['README.md', 'adapter_config.json', 'adapter_model.safetensors'];
    const heads = ['darse_heads.json', 'darse_heads.safetensors', 'load_darse.py'];
    const bestFiles = [...best, ...heads].map((name) => `best/${name}`);
    expect(Object.keys(folderHashes(join(folder, 'whole')))).toEqual(
      [adapters, bestFiles, ['report.html', 'report.md', 'split.json', 'study.jsonl', 'trials.csv']].flat(),
    );
  });

  test('reports its verdict first and every trial', () => {
    const { best, verdict } = JSON.parse(whole.stdout);
    const report = readFileSync(join(folder, 'whole', 'report.md'), 'utf8');
    expect(report).toContain(`best ranks: **${best.ranks.join('@')}**`);
    expect(report.split('\n')[0]?.replaceAll('\\', '')).toBe(`# ${verdict.sentence}`);
    expect(whole.stderr).toContain(`verdict: ${verdict.sentence}`);
    for (const { trial, ranks } of JSON.parse(whole.stdout).history) {
      expect(report).toContain(`| ${trial} | ${ranks.join('@')} |`);
    }
    expect(readFileSync(join(folder, 'whole', 'trials.csv'), 'utf8').split('\r\n')[best.trial]).toContain(
      `${best.trial},finished,${best.ranks.join('@')},${best.parameters},${best.score}`,
    );
  });

  test('looks at test rows only after the search has ended, once a training, and records each look', () => {
    const kinds = journal('whole').map(({ kind }) => kind);
    const looks = journal('whole').filter(({ kind }) => kind === 'testLook');
    expect(kinds.indexOf('testLook')).toBeGreaterThan(kinds.indexOf('confirmationPlan'));
    expect(kinds.indexOf('confirmationPlan')).toBeGreaterThan(kinds.lastIndexOf('trial'));
    expect(looks.map(({ rowCount }) => rowCount)).toEqual(
      finishedTrials('whole').flatMap(({ kind }) => (kind === 'trial' ? [] : 15)),
    );
    expect(journal('whole')[0]).toMatchObject({ kind: 'study', rows: { train: 120, validation: 15, test: 15 } });
  });

  test('confirms its best vector, the uniform one and a cheaper one on fresh seeds, and says what they showed', () => {
    const plan = journal('whole').find(({ kind }) => kind === 'confirmationPlan');
    const { best, verdict } = JSON.parse(whole.stdout);
    expect(plan).toMatchObject({ winner: best.ranks, uniform: [6, 6], seeds: [1, 2, 3, 4, 5], margin: 0.01 });
    const arms: { ranks: number[]; testMse: { seed: number; mse: number }[] }[] = verdict.arms;
    expect(arms.map(({ testMse }) => testMse.map(({ seed }) => seed))).toEqual(arms.map(() => [1, 2, 3, 4, 5]));
    const [won, even] = arms.map(({ testMse }) => testMse.reduce((sum, { mse }) => sum + mse / 5, 0));
    expect(verdict.comparison.gain).toBeCloseTo((even ?? 0) - (won ?? 0), 12);
    expect(verdict.comparison).toMatchObject({ seeds: 5, rows: 15 });
  });

  test('tells in the model card what to expect of new texts', () => {
    const { verdict } = JSON.parse(whole.stdout);
    const scores: number[] = verdict.arms[0].testMse.map(({ mse }: { mse: number }) => mse);
    const mean = scores.reduce((sum, mse) => sum + mse / scores.length, 0);
    expect(readFileSync(join(folder, 'whole', 'best', 'README.md'), 'utf8')).toContain(
      `MSE ${mean.toFixed(4)} on test rows, the mean of 5 trainings of these ranks on fresh seeds`,
    );
  });

  test('confirms with the trainings that darse train does at those seeds', async () => {
    const record = journal('whole').find(({ kind }) => kind === 'confirmation');
    const settings = [...DATA, ...TRAINING, '--ranks', String(record?.['ranks']).replaceAll(',', '@'), '--seed', '1'];
    const { stdout } = await runCli(['train', ...settings, '--split', 'whole/split.json', '--out', 'again', '--json'], {
      cwd: folder,
    });
    expect(JSON.parse(stdout).score).toBe(record?.['score']);
    expect(JSON.parse(stdout).test.metrics).toEqual(
      record?.['facts'] && JSON.parse(JSON.stringify(record['facts'])).test,
    );
  });

  test('hands over the same adapter as a training of its best vector', async () => {
    const { best } = JSON.parse(whole.stdout);
    const settings = [...DATA, '--ranks', best.ranks.join('@'), '--batch', '8', '--epochs', '2'];
    const { code, stdout } = await runCli(['train', ...settings, '--out', 'alone', '--json'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).score).toBe(best.score);
    for (const name of ['adapter_model.safetensors', 'adapter_config.json', 'darse_heads.safetensors']) {
      const found = readFileSync(join(folder, 'whole', 'best', name));
      expect(found.equals(readFileSync(join(folder, 'alone', 'adapter', name))), name).toBe(true);
    }
  });

  test('that ends at --trials says so, and neither resume nor status train or change a record', async () => {
    const more = ['--out', 'short', '--trials', '2', '--strategy', 'random', '--confirm-seeds', '0', '--json'];
    const short = await runCli(['search', ...STUDY, ...more], { cwd: folder });
    expect(JSON.parse(short.stdout)).toMatchObject({ end: 'trials', trials: { finished: 2, withoutResult: 0 } });
    const before = folderHashes(join(folder, 'short'));
    for (const command of ['resume', 'status']) {
      const { code, stdout } = await runCli([command, 'short', '--json'], { cwd: folder });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ state: 'ended', end: 'trials', trials: { finished: 2 } });
    }
    expect(folderHashes(join(folder, 'short'))).toEqual(before);
  });
});

describe('darse report', () => {
  test('writes the same bytes again, and without texts where asked to', async () => {
    const page = join(folder, 'whole', 'report.html');
    const before = folderHashes(join(folder, 'whole'));
    const { code, stdout } = await runCli(['report', 'whole', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const { sentence } = JSON.parse(whole.stdout).verdict;
    expect(JSON.parse(stdout).verdicts).toEqual([{ study: 'whole', sentence }]);
    expect(folderHashes(join(folder, 'whole'))).toEqual(before);
    const { trial } = JSON.parse(whole.stdout).best;
    const record = journal('whole').find((candidate) => candidate.kind === 'trial' && candidate['trial'] === trial);
    const { id } = JSON.parse(JSON.stringify(record)).facts.worst[0];
    const worst = tinyExamples(150).find((example) => example.id === id)?.text ?? 'no such row';
    expect(readFileSync(page, 'utf8')).toContain(`>${worst}<`);
    await runCli(['report', 'whole', '--without-texts', '--out', 'bare'], { cwd: folder });
    expect(Object.keys(folderHashes(join(folder, 'bare')))).toEqual(['report.html', 'report.md', 'trials.csv']);
    expect(readFileSync(join(folder, 'bare', 'report.html'), 'utf8')).not.toContain(`>${worst}<`);
  });

  test('names rows by their ids where the data file is gone, and says so', async () => {
    const [header, ...records] = journal('whole');
    const settings = { ...Object(header?.['settings']), data: join(folder, 'gone.csv') };
    const changed = [{ ...header, kind: 'study', settings }, ...records];
    mkdirSync(join(folder, 'moved'));
    writeFileSync(journalPath('moved'), changed.map((record) => `${formatRecord(record)}\n`).join(''));
    const { code, stderr } = await runCli(['report', 'moved'], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toContain('the report names rows by their ids alone');
  });

  test('sets several studies side by side in a folder of its own, which must be named', async () => {
    const refused = await runCli(['report', 'whole', 'moved'], { cwd: folder });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--out');
    const { code } = await runCli(['report', 'whole', 'moved', '--out', 'both'], { cwd: folder });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'both', 'report.html'), 'utf8')).toContain('<h1>2 studies side by side</h1>');
  });
});

describe('a study of trainings whose numbers run away', () => {
  test('records each as failed, goes on to the next, and ends with 1 and without a best', async () => {
    const runaway = ['--loss-weights', '1e300,1', '--out', 'runaway', '--strategy', 'grid', '--trials', '2', '--json'];
    const { code, stdout } = await runCli(['search', ...STUDY, ...runaway], { cwd: folder });
    expect(code).toBe(1);
    const { trials, best, history } = JSON.parse(stdout);
    expect({ trials, best }).toEqual({ trials: { finished: 0, withoutResult: 2, pruned: 0 }, best: null });
    expect(history[1]).toMatchObject({ status: 'failed', message: expect.stringContaining('NaN at step 1') });
    expect(readFileSync(join(folder, 'runaway', 'report.md'), 'utf8')).toContain('No training has finished.');
  });
});

describe('an interrupted study', () => {
  test(
    'goes on after 20 ends at random moments, SIGKILL but for two, and ends with the same trainings and the same bytes',
    async () => {
      const key = randomKey(Date.now(), 'moments');
      const often = ['--checkpoint-seconds', '0.05'];
      let running = start('search', ...STUDY, '--out', 'pieces', ...often);
      for (let moment = 0; moment < 20; moment++) {
        await untilRecords('pieces', 1 + Math.floor(5 * uniformAt(key, moment)), running);
        await wait(120 * uniformAt(key, 100 + moment));
        const signal = moment % 10 === 4 ? 'SIGINT' : 'SIGKILL';
        running.child.kill(signal);
        const { code, stderr } = await running.ended;
        if (signal === 'SIGINT') {
          expect(code).toBe(130);
          expect(stderr).toContain('go on with: npx darse resume pieces');
        }
        running = start('resume', 'pieces', ...often);
      }
      expect((await running.ended).code).toBe(0);
      expect(finishedTrials('pieces')).toEqual(finishedTrials('whole'));
      expect(adapterHashes('pieces')).toEqual(adapterHashes('whole'));
      // Each of them really ended a process that worked at the study.
      expect(journal('pieces').filter(({ kind }) => kind === 'session')).toHaveLength(21);
    },
    PATIENCE_MS,
  );

  test('goes on inside the trial, from its checkpoint', async () => {
    const running = start('search', ...STUDY, '--out', 'inside', '--checkpoint-seconds', '0', '--json');
    await untilRecords('inside', 5, running);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout).interrupted.resume).toBe('npx darse resume inside');
    const stopped = journal('inside').at(-1);
    expect(stopped).toMatchObject({ kind: 'interrupted', trial: 1 });
    const waiting = await runCli(['status', 'inside', '--json'], { cwd: folder });
    expect(JSON.parse(waiting.stdout)).toMatchObject({ state: 'interrupted', running: [{ trial: 1, ranks: [2, 2] }] });
    const resumed = await start('resume', 'inside').ended;
    expect(resumed.stderr).toContain(`trial 1 goes on after step ${Number(stopped?.['step'])}\n`);
    expect(adapterHashes('inside')).toEqual(adapterHashes('whole'));
  });

  test('is refused to a second writer while the first lives, and status says that it runs', async () => {
    const running = start('search', ...STUDY, '--out', 'held', '--epochs', '50');
    await untilRecords('held', 3, running);
    const { code, stderr } = await runCli(['resume', 'held'], { cwd: folder });
    const status = await runCli(['status', 'held'], { cwd: folder });
    running.child.kill('SIGKILL');
    await running.ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`being worked on by process ${running.child.pid}`);
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('held is being worked on') });
  });

  test('whose journal has a damaged line trains that trial again and keeps everything else', async () => {
    const isTrial = (line: string) => line.includes('"kind":"trial"');
    cutStudy('damaged', (lines) => {
      const place = lines.findIndex(isTrial);
      return lines.slice(0, lines.findLastIndex(isTrial)).with(place, `${lines[place]?.slice(0, -20)}`);
    });
    appendFileSync(journalPath('damaged'), '{"v":1,"kind":"tr');
    const { code, stderr } = await start('resume', 'damaged').ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/line \d+ is skipped: its checksum does not fit/);
    expect(stderr).toContain('the last line was torn');
    const byNumber = finishedTrials('damaged').toSorted((a, b) => a.trial - b.trial);
    expect(byNumber).toEqual(finishedTrials('whole'));
    expect(adapterHashes('damaged')).toEqual(adapterHashes('whole'));
  });

  test('does not go on with other data, and changes nothing', async () => {
    cutStudy('changed', (lines) => lines.slice(0, 8));
    const before = folderHashes(join(folder, 'changed'));
    const text = readFileSync(join(folder, 'texts.csv'), 'utf8');
    appendFileSync(join(folder, 'texts.csv'), 'more,good record,1\n');
    const { code, stderr } = await start('resume', 'changed').ended;
    writeFileSync(join(folder, 'texts.csv'), text);
    expect(code).toBe(2);
    expect(stderr).toContain('the data, the split changed since changed was begun');
    expect(folderHashes(join(folder, 'changed'))).toEqual(before);
  });
});

describe('what a study cannot work with', () => {
  test.each([
    ['a budget below the least ranks', ['--budget', '1r'], ['the least ranks, 2@2, cost', 'raise the budget']],
    ['groups that the layers cannot be cut into', ['--groups', '3'], ['4 layers cannot be cut into 3', '1, 2, 4']],
    ['allowed ranks that cannot be', ['--allowed', '4096,8'], ['must ascend', 'allowed ranks must be at most']],
    [
      'everything that is no strategy, budget or time, at once,',
      ['--strategy', 'luck', '--budget', 'much', '--time', 'soon'],
      ['--strategy must be one of darse, coarse', '--budget must be parameters', '--time must be a duration'],
    ],
    ['AdaLoRA', ['--method', 'adalora'], ['--method must be lora']],
  ])('%s is told and nothing is written', async (_, args, words) => {
    const { code, stderr } = await start('search', ...STUDY, '--out', 'wrong', ...args).ended;
    expect(code).toBe(2);
    for (const word of words) expect(stderr).toContain(word);
    expect(existsSync(join(folder, 'wrong'))).toBe(false);
  });

  test('a folder that holds a study is not overwritten', async () => {
    const before = folderHashes(join(folder, 'whole'));
    const { code, stderr } = await start('search', ...STUDY, '--out', 'whole').ended;
    expect(code).toBe(2);
    expect(stderr).toContain('go on with npx darse resume whole');
    expect(folderHashes(join(folder, 'whole'))).toEqual(before);
  });

  test.each([
    ['no study', () => [], 'it has no settings'],
    ['a damaged first line', (lines: readonly string[]) => lines.with(0, '{"v":1}'), 'line 1 is skipped: its checksum'],
    [
      "another version's study",
      (lines: readonly string[]) => {
        const header = parseHistory(`${lines[0]}\n`).records[0] ?? { kind: 'study' };
        return lines.with(0, formatRecord({ ...header, version: 2 }));
      },
      'of another version of DARSE',
    ],
  ])('resume and status refuse a folder with %s and change nothing', async (name, keep, words) => {
    cutStudy(name, keep);
    const before = folderHashes(join(folder, name));
    for (const command of ['resume', 'status']) {
      const { code, stderr } = await start(command, name).ended;
      expect(code).toBe(2);
      expect(stderr).toContain(words);
    }
    expect(folderHashes(join(folder, name))).toEqual(before);
  });

  test('a folder that is not there is told', async () => {
    for (const command of ['resume', 'status']) {
      const { code, stderr } = await start(command, 'nowhere').ended;
      expect(code).toBe(2);
      expect(stderr).toContain('no such file or folder');
    }
  });
});
