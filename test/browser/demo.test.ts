import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations } from '../support/axeViolations.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { type OpenSite, openSite } from '../support/openSite.ts';

/** The demo with few rows: 8 steps an epoch. */
const FEW_ROWS = '?trainRows=64&parts=0.98,0.01,0.01&ranks=0,0,0,0,0,4';
const LONG_MS = 180_000;
const SLOWLY = { timeout: LONG_MS };

const status = (page: Page) => page.locator('#status');
const stepOf = async (page: Page) => Number(/step (\d+) of/i.exec(await status(page).innerText())?.[1]);

describe.skipIf(whyNoChromium() !== null)('the page', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('runs the demo by keyboard alone: live curve, epochs, test metrics, and judges a sentence', async () => {
    const { page, faults } = await site.visit(`${FEW_ROWS}&trainRows=240`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('right here');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    // A live curve: the losses of the first steps while the training goes on.
    await page.getByText(/From [\d.]+ at step 1 to [\d.]+ at step (?:[2-9]|\d\d)/).waitFor({ timeout: LONG_MS });
    expect(await page.title()).toMatch(/^\d+ % – DARSE$/);
    expect(await page.locator('.plot canvas').count()).toBe(2);
    await page.getByText('To beat:').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.getByText('Try it').waitFor({ timeout: LONG_MS });
    const results = page.getByRole('region', { name: 'Results' });
    await results.getByRole('rowheader', { name: 'test texts', exact: true }).waitFor();
    expect(await page.getByRole('rowheader', { name: /^epoch/ }).allInnerTexts()).toEqual(['epoch 1', 'epoch 2']);
    // The chart's twin: every step's loss.
    await page.getByText('The numbers as a table').first().click();
    const losses = page.getByRole('region', { name: 'Training loss, step by step' }).getByRole('rowheader');
    expect(await losses.count()).toBe(60);

    await page.getByLabel('A sentence to judge').fill('Profit doubles and shares surge to a record');
    await page.locator('.judgement .score').waitFor();
    const score = async () => Number((await page.locator('.score').innerText()).replace('−', '-'));
    const good = await score();
    await page.getByLabel('A sentence to judge').fill('Huge loss, shares collapse after fraud');
    await expect.poll(score).not.toBe(good);
    const bad = await score();
    expect(good).toBeGreaterThan(bad);
    expect(await page.getByRole('meter').count()).toBe(5);
    expect(await axeViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('pauses at the next step and saves, resumes, stops with what it has, goes on, and discards on demand', async () => {
    const { page, faults } = await site.visit(`${FEW_ROWS}&epochs=40`);
    await page.getByRole('button', { name: 'Run demo' }).click();
    await page.getByText(/^Step [1-9]\d* of 320/).waitFor({ timeout: LONG_MS });
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused after step \d+ of 320; saved/).waitFor({ timeout: LONG_MS });
    const paused = await stepOf(page);
    await page.waitForTimeout(3000);
    expect(await stepOf(page)).toBe(paused);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => stepOf(page), SLOWLY).toBeGreaterThan(paused);

    await page.getByRole('button', { name: 'Stop and keep' }).click();
    await page.getByText(/^Stopped after step \d+ of 320; what was trained is kept/).waitFor({ timeout: LONG_MS });
    const stopped = await stepOf(page);
    expect(stopped).toBeGreaterThan(paused);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => stepOf(page), SLOWLY).toBeGreaterThan(stopped);

    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Run demo' }).waitFor({ timeout: LONG_MS });
    expect(faults).toEqual([]);
  });

  test('tells every setting of its address that is not allowed', async () => {
    const { page } = await site.visit('?epochs=0&colour=red');
    await page.getByRole('button', { name: 'Run demo' }).click();
    const told = await page.getByRole('alert').innerText();
    expect(told).toContain('--epochs must be a whole number');
    expect(told).toContain('"colour" is no setting');
    await page.getByRole('button', { name: 'Back to the start' }).click();
    await page.getByRole('button', { name: 'Run demo' }).waitFor();
  });

  test('fits 360 px in every stage, and runs on wasm where asked, saying so', async () => {
    const context = await site.browser.newContext({ viewport: { width: 360, height: 780 }, colorScheme: 'dark' });
    const { page, faults } = await site.visit(`${FEW_ROWS}&engine=wasm&trainRows=16&epochs=1`, context);
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(await overflow()).toBe(0);
    await page.getByRole('button', { name: 'Run demo' }).click();
    await page
      .getByText(/^wasm: processor through WebAssembly, 1 thread \(asked for; one core\)$/)
      .waitFor({ timeout: LONG_MS });
    expect(await overflow()).toBe(0);
    await page.getByText('Try it').waitFor({ timeout: LONG_MS });
    expect(await overflow()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe.skipIf(whyNoChromium() !== null)('the page on a host that sends no headers', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite({ sendsHeaders: false });
  });
  afterAll(() => site?.close());

  test('computes on one core and says why', async () => {
    const { page, faults } = await site.visit(`${FEW_ROWS}&trainRows=16&epochs=1`);
    await page.getByRole('button', { name: 'Run demo' }).click();
    await page
      .getByText(/^onnx: processor through WebAssembly, 1 thread \(1 of \d+ cores, because the host/)
      .waitFor({ timeout: LONG_MS });
    await page.getByText('Try it').waitFor({ timeout: LONG_MS });
    expect(faults).toEqual([]);
  });
});
