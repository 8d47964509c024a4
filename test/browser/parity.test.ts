import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseHistory } from '../../shared/history/record.ts';
import { readTrialRecords } from '../../shared/history/readTrialRecords.ts';
import type { TrialRecord } from '../../shared/history/trialRecord.ts';
import { temporaryFolder } from '../support/cliFixture.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { type OpenSite, openSite } from '../support/openSite.ts';
import { runCli } from '../support/runCli.ts';

const SETTINGS = {
  ranks: '0,0,0,0,4,4',
  trainRows: '64',
  parts: '0.99,0.005,0.005',
  epochs: '1',
  batch: '8',
  lr: '0.004',
  maxTokens: '48',
};
const SAMPLE = join(import.meta.dirname, '..', '..', 'shared', 'assets', 'sentfin', 'sentfin.csv');
/** Relative, of a loss after up to 8 updates in float32: engines add up in another order. */
const LOSS_TOLERANCE = 1e-4;
/** Of the first visit, compressed. */
const FIRST_LOAD_BYTES = 600_000;
const LONG_MS = 180_000;

const steps = (records: readonly TrialRecord[]) =>
  records.flatMap((record) => (record.kind === 'step' ? [record.losses.total] : []));

describe.skipIf(whyNoChromium() !== null)('the page beside Node', () => {
  let site: OpenSite;
  const folder = temporaryFolder();
  let inNode: readonly TrialRecord[] = [];
  beforeAll(async () => {
    site = await openSite();
    const flags = Object.entries(SETTINGS).flatMap(([name, value]) => [
      `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]);
    const run = await runCli(['train', '--data', SAMPLE, '--out', 'run', '--engine', 'onnx', ...flags], {
      cwd: folder,
    });
    expect(run.code).toBe(0);
    inNode = readTrialRecords(parseHistory(readFileSync(join(folder, 'run', 'history.jsonl'), 'utf8')).records);
  });
  afterAll(() => site?.close());

  test.each(['onnx', 'wasm'])(
    'trains the same with %s: one key, the same records, losses within tolerance',
    async (engine) => {
      const { page } = await site.visit(`?${new URLSearchParams({ ...SETTINGS, engine }).toString()}`);
      await page.getByRole('button', { name: 'Run demo' }).click();
      await page.getByRole('heading', { name: /^Trained on/ }).waitFor({ timeout: LONG_MS });
      const lines = await page.evaluate<string[]>(`new Promise((resolve, reject) => {
      const open = indexedDB.open('darse');
      open.onerror = () => reject(open.error);
      open.onsuccess = () => {
        const all = open.result.transaction('lines').objectStore('lines').getAll();
        all.onsuccess = () => resolve(all.result.map(({ line }) => line));
      };
    })`);
      const { records, problems } = parseHistory(lines.map((line) => `${line}\n`).join(''));
      expect(problems).toEqual([]);
      const inPage = readTrialRecords(records);
      expect(inPage.map(({ kind }) => kind)).toEqual(inNode.map(({ kind }) => kind));
      const keyOf = (all: readonly TrialRecord[]) => all.find((record) => record.kind === 'trialStarted')?.key;
      expect(keyOf(inPage)).toBe(keyOf(inNode));
      const expected = steps(inNode);
      expect(expected).toHaveLength(8);
      steps(inPage).forEach((loss, i) => {
        const wanted = expected[i] ?? Number.NaN;
        expect(Math.abs(loss - wanted) / wanted, `step ${i + 1}`).toBeLessThan(LOSS_TOLERANCE);
      });
    },
  );

  test('loads little at first: neither weights nor an engine', async () => {
    const page = await site.browser.newPage();
    const loaded: string[] = [];
    let bytes = 0;
    const bodies: Promise<void>[] = [];
    page.on('response', (response) => {
      loaded.push(new URL(response.url()).pathname);
      bodies.push(
        response.body().then((body) => {
          bytes += gzipSync(body).length;
        }),
      );
    });
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Run demo' }).waitFor();
    await Promise.all(bodies);
    expect(loaded.filter((path) => /safetensors|wasm|onnx|tfjs|pageWorker/.test(path))).toEqual([]);
    expect(loaded.length).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeLessThan(FIRST_LOAD_BYTES);
  });
});
