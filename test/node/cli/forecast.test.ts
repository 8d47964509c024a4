import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatRecord, type HistoryRecord, parseHistory } from '../../../shared/history/record.ts';
import { csvOf, folderHashes, temporaryFolder, tinyExamples, writeTinyModel } from '../../support/cliFixture.ts';
import { runCli } from '../../support/runCli.ts';

const folder = temporaryFolder();
const DATA = ['--data', 'texts.csv', '--model', 'model', '--engine', 'onnx'];
/** Trainings of 30 steps. */
const STUDY = [...DATA, '--groups', '2', '--allowed', '0,2,4,8', '--budget', '6r', '--batch', '8', '--epochs', '2'];

/** Longer than any of these takes on a busy machine. */
const PATIENCE_MS = 180_000;

beforeAll(() => {
  writeTinyModel(join(folder, 'model'));
  writeFileSync(join(folder, 'texts.csv'), csvOf(tinyExamples(150)));
});

function darse(...args: string[]) {
  return runCli(args, { cwd: folder });
}

/** How many seeds the study's confirmation has. */
function seedsOf(study: string): number {
  return Object(journal(study).find(({ kind }) => kind === 'confirmationPlan')?.['seeds']).length;
}

function journal(study: string): readonly HistoryRecord[] {
  return parseHistory(readFileSync(join(folder, study, 'study.jsonl'), 'utf8')).records;
}

describe('darse forecast', () => {
  test('tells time, memory, trainings, seeds and the smallest gain of the study, and writes nothing', async () => {
    const before = readdirSync(folder);
    const { code, stdout } = await darse('forecast', ...STUDY);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(before);
    expect(stdout).toMatch(/^forecast, from \d+ steps timed in \d+\.?\d* s: .+, probably .+/);
    expect(stdout).toMatch(/search: .*trainings/);
    expect(stdout).toMatch(/confirmation: .*trainings/);
    expect(stdout).toMatch(/peak memory about \d+ MiB/);
    expect(stdout).toContain(
      '7 seeds show a gain of 4.5 % over the uniform vector’s MSE with 80 % chance (asked: 5.0 %)',
    );
  });

  test('tells scripts the same as JSON, alone on standard output', async () => {
    const { code, stdout } = await darse('forecast', ...STUDY, '--json', '--lr-fair', '--gain', '8%');
    expect(code).toBe(0);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ format: 'darse-forecast', power: { seeds: 5, askedGain: 0.08 }, shrunk: null });
    expect(told.total.seconds.low).toBeLessThanOrEqual(told.total.seconds.middle);
    expect(told.total.seconds.middle).toBeLessThanOrEqual(told.total.seconds.high);
    expect(told.rates.trainings.low).toBeGreaterThanOrEqual(6);
    expect(told.memory.timedPeakBytes).toBeGreaterThan(2 ** 26);
    expect(told.memory.peakBytes).toBeGreaterThanOrEqual(told.memory.timedPeakBytes);
  });

  test('refuses what search refuses', async () => {
    const { code, stderr } = await darse('forecast', ...STUDY, '--budget', '1r', '--allowed', '2,4');
    expect(code).toBe(2);
    expect(stderr).toContain('raise the budget');
    expect((await darse('forecast')).stderr).toContain('--data');
  });
});

describe('a study with --time', () => {
  test('that nothing fits is refused with a time that would do, and nothing is written', async () => {
    const { code, stderr } = await darse('search', ...STUDY, '--out', 'never', '--time', '0.5s');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--time 0.5s is too short: the least study, 4 trainings, then 5 seeds of 2 vectors/);
    expect(stderr).toMatch(/give --time \d+[sm] or more/);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  test(
    'is cut to fit, records what was decided before its first training, ends in time, and keeps to it when resumed',
    async () => {
      const asked = ['--epochs', '4', '--strategy', 'random', '--gain', '3%'];
      const whole = JSON.parse((await darse('forecast', ...STUDY, ...asked, '--json')).stdout);
      // The least plan takes less than a tenth: between the two forecasts the machine may become twice as fast or as slow.
      const seconds = Math.ceil(0.3 * whole.total.seconds.high);
      const run = await darse('search', ...STUDY, ...asked, '--out', 'cut', '--time', `${seconds}s`, '--json');
      expect(run.code).toBe(0);
      expect(run.stderr).toContain('cut to fit ');
      expect(run.stderr).toContain('; it took ');
      const [header, forecast] = journal('cut');
      expect(forecast).toMatchObject({ kind: 'forecast', shrunk: { timeSeconds: seconds, given: { cheaper: false } } });
      const { given } = JSON.parse(JSON.stringify(forecast)).shrunk;
      expect(header).toMatchObject({ kind: 'study', settings: { epochs: given.epochs, skipCheaper: true } });
      const told = JSON.parse(run.stdout);
      expect(told.elapsedSeconds).toBeLessThanOrEqual(1.2 * seconds);
      expect(told.history.length).toBeLessThanOrEqual(given.trials);
      expect(told.forecast.truth.at(-1)).toMatchObject({ phase: 'total', seconds: expect.any(Number) });
      const report = readFileSync(join(folder, 'cut', 'report.md'), 'utf8');
      expect(report).toMatch(/### Forecast and truth\n\nForecast: .+; it took .+\. The plan was cut to fit .+\./);
      expect(report).toContain(`| confirmation | `);
      expect(seedsOf('cut')).toBe(given.seeds);

      const path = join(folder, 'cut', 'study.jsonl');
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      writeFileSync(path, `${lines.slice(0, 12).join('\n')}\n`);
      const resumed = await darse('resume', 'cut', '--json');
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).not.toContain('steps timed');
      expect(journal('cut').filter(({ kind }) => kind === 'forecast')).toEqual([forecast]);
      expect(JSON.parse(resumed.stdout).history.length).toBeLessThanOrEqual(given.trials);
      expect(seedsOf('cut')).toBe(given.seeds);
    },
    PATIENCE_MS,
  );
});

describe('a study begun without a forecast', () => {
  test('is resumed and ends without one; its search stops where --time is up all the same', async () => {
    await darse('search', ...STUDY, '--out', 'old', '--strategy', 'random', '--trials', '3', '--confirm-seeds', '0');
    const [header = { kind: 'study' }, ...records] = journal('old').filter(({ kind }) => kind !== 'forecast');
    const begun = records.slice(0, records.findIndex(({ kind }) => kind === 'trial') + 1);
    const late = { ...header, settings: { ...Object(header['settings']), time: '0.001s' } };
    writeFileSync(
      join(folder, 'old', 'study.jsonl'),
      [late, ...begun].map((record) => `${formatRecord(record)}\n`).join(''),
    );
    const { code, stdout } = await darse('resume', 'old', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ end: 'time', forecast: null, trials: { finished: 1 } });
    const status = await darse('status', 'old', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'ended', forecast: null });
    expect(Object.keys(folderHashes(join(folder, 'old')))).toContain('best/adapter_model.safetensors');
  });
});
