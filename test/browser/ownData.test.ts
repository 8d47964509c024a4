import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations } from '../support/axeViolations.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { type OpenSite, openSite } from '../support/openSite.ts';

const LONG_MS = 180_000;
const SLOWLY = { timeout: LONG_MS };
const FEW_PARAMETERS = '?ranks=0,0,0,0,0,4&batch=16';

/** Texts that differ, every third good, bad or neither. */
const ROWS = Array.from({ length: 60 }, (_, i) => ({
  headline: `${['Profits soar at', 'Losses mount at', 'Meeting held by'][i % 3]} company number ${i * i} of ${i}`,
  tone: [0.8, -0.8, 0][i % 3],
  mood: ['up', 'down', 'flat'][i % 3],
}));
const CSV = ['headline,tone,mood', ...ROWS.map(({ headline, tone, mood }) => `${headline},${tone},${mood}`)].join('\n');
const SCRIPT_TEXT = '<img src=x onerror=document.title=1>';

const give = (page: Page, name: string, content: string | Buffer) =>
  page
    .getByLabel(/Use my data/)
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });

describe.skipIf(whyNoChromium() !== null)('a file of the user’s in the page', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('with errors has them listed by line, in the words of the page, its texts shown as text', async () => {
    const { page, faults } = await site.visit();
    const bad = `text,score\n"${SCRIPT_TEXT}",0.5\nno number,abc\ntoo high,1.5\n,0.1\n`;
    await give(page, 'bad.csv', bad);
    expect(await page.getByRole('region', { name: 'The first rows of bad.csv' }).innerText()).toContain(SCRIPT_TEXT);
    const problems = page.locator('.message');
    await problems.waitFor(SLOWLY);
    const told = await problems.innerText();
    expect(told).toContain('3 problems in 4 rows');
    for (const line of ['line 3', 'line 4', 'line 5']) expect(told).toContain(line);
    expect(await page.getByRole('button', { name: 'Train' }).isDisabled()).toBe(true);
    await page.getByRole('combobox', { name: 'The labels are' }).selectOption('classes');
    await page.getByLabel('Column of the classes').selectOption('score');
    await page.getByLabel('Scores of the classes').fill('good=1');
    await expect.poll(() => problems.innerText(), SLOWLY).toContain('add "abc=…" to “Scores of the classes”');
    expect(await axeViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('shows five rows, class balance and lengths, trains, and is there after a reload', async () => {
    const { page, faults } = await site.visit(`${FEW_PARAMETERS}&epochs=1`);
    await give(page, 'mine.csv', CSV);
    const rows = page.getByRole('region', { name: 'The first rows of mine.csv' });
    await rows.waitFor();
    expect(await rows.getByRole('row').count()).toBe(6);
    await page.getByLabel('Column of the scores').selectOption('tone');
    const balance = page.getByRole('table', { name: 'Class balance' });
    await balance.waitFor(SLOWLY);
    expect((await balance.getByRole('cell').allInnerTexts()).filter((text) => text !== '')).toEqual([
      '20',
      '0',
      '20',
      '0',
      '20',
    ]);
    await page.getByRole('table', { name: 'Tokens per text' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Train' }).click();
    await page.getByRole('heading', { name: 'Trained on mine.csv' }).waitFor(SLOWLY);
    await page.reload();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByLabel('A sentence to judge').fill('Profits soar');
    await page.locator('.judgement .score').waitFor(SLOWLY);
    expect(faults).toEqual([]);
  });

  test('may be dropped, and may be TSV, JSONL or Parquet, with classes as labels', async () => {
    const { page, faults } = await site.visit();
    const dropped = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(CSV)}], 'dropped.csv')); return data; })()`,
    );
    await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
    await page.getByRole('heading', { name: 'dropped.csv' }).waitFor();
    await page.getByRole('combobox', { name: 'The labels are' }).selectOption('classes');
    await page.getByLabel('Column of the classes').selectOption('mood');
    await page.getByLabel('Scores of the classes').fill('up=1,down=-1,flat=0');
    await page.getByText('60 texts, no problems').waitFor(SLOWLY);

    const tsv = CSV.replaceAll(',', '\t');
    const jsonl = ROWS.map((row) => JSON.stringify(row)).join('\n');
    const parquet = readFileSync(join(import.meta.dirname, '..', 'data', 'fixtures', 'good-snappy.parquet'));
    for (const [name, content] of [
      ['mine.tsv', tsv],
      ['mine.jsonl', jsonl],
      ['mine.parquet', parquet],
    ] as const) {
      await page.getByRole('button', { name: 'Take another file' }).click();
      await give(page, name, content);
      const rows = page.getByRole('region', { name: `The first rows of ${name}` });
      await rows.waitFor();
      expect(await rows.getByRole('row').count()).toBeGreaterThan(1);
    }
    expect(faults).toEqual([]);
  });

  test('of an unknown kind is told what it may be', async () => {
    const { page } = await site.visit();
    await give(page, 'mine.docx', 'x');
    expect(await page.getByRole('alert').innerText()).toContain('rename it to end in one of .csv');
  });
});
