import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations } from '../support/axeViolations.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { type OpenSite, openSite } from '../support/openSite.ts';

const LONG_MS = 180_000;
const SLOWLY = { timeout: LONG_MS };
/** A training of many quick steps: 64 an epoch, of one text each. */
const MANY_STEPS = '?trainRows=64&batch=1&parts=0.99,0.005,0.005&ranks=0,0,0,0,0,4';
/** A page that is closed at any moment loses at most so many. */
const CHECKPOINT_STEPS = 50;

const status = (page: Page) => page.locator('#status');
const stepOf = async (page: Page) => Number(/step (\d+) of/i.exec(await status(page).innerText())?.[1]);
const reaches = (page: Page, step: number) =>
  expect.poll(() => stepOf(page).catch(() => 0), SLOWLY).toBeGreaterThanOrEqual(step);
const isDone = (page: Page) => page.getByRole('heading', { name: /^Trained on/ }).waitFor(SLOWLY);

/** All records of the newest training and its result, as the browser keeps them. */
async function stored(page: Page): Promise<{ records: Record<string, unknown>[]; result: { score: number } | null }> {
  return page.evaluate(`(async () => {
    const open = indexedDB.open('darse');
    const answer = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await answer(open);
    const transaction = database.transaction(['lines', 'results', 'runs']);
    const runs = await answer(transaction.objectStore('runs').getAllKeys());
    const lines = await answer(transaction.objectStore('lines').getAll());
    const results = await answer(transaction.objectStore('results').getAll());
    database.close();
    const run = runs.at(-1);
    return {
      records: lines.filter((line) => line.run === run).map(({ line }) => JSON.parse(line)),
      result: results.find((result) => result.run === run)?.result ?? null,
    };
  })()`);
}

describe.skipIf(whyNoChromium() !== null)('a training in the page', () => {
  let site: OpenSite;
  const contexts: BrowserContext[] = [];
  const profile = async () => {
    const context = await site.browser.newContext();
    contexts.push(context);
    return context;
  };
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('paused and reloaded, then crashed, goes on from its checkpoints and ends as one that never stopped', async () => {
    const search = `${MANY_STEPS}&epochs=3`;
    const whole = await site.visit(search, await profile());
    await whole.page.getByRole('button', { name: 'Run demo' }).click();
    await isDone(whole.page);
    const expected = await stored(whole.page);
    await whole.page.close();

    const context = await profile();
    const first = await site.visit(search, context);
    await first.page.getByRole('button', { name: 'Run demo' }).click();
    await reaches(first.page, 10);
    await first.page.getByRole('button', { name: 'Pause' }).click();
    await first.page.getByText(/^Paused after step/).waitFor(SLOWLY);
    const paused = await stepOf(first.page);
    await first.page.reload();
    await first.page.getByRole('button', { name: 'Resume' }).click();
    await reaches(first.page, 90);
    const resumed = (await stored(first.page)).records.find(({ kind }) => kind === 'resumed');
    expect(resumed?.['step']).toBe(paused);

    const crash = await context.newCDPSession(first.page);
    void crash.send('Page.crash').catch(() => undefined);
    const second = await site.visit(search, context);
    await second.page.getByRole('button', { name: 'Resume' }).click(SLOWLY);
    await isDone(second.page);
    const { records, result } = await stored(second.page);
    const goneOn = records.filter(({ kind }) => kind === 'resumed').map(({ step }) => Number(step));
    expect(goneOn).toHaveLength(2);
    expect(goneOn[1]).toBeGreaterThanOrEqual(90 - CHECKPOINT_STEPS);

    const numbers = ({ kind, step, epoch, losses, validation }: Record<string, unknown>) => ({
      kind,
      step,
      epoch,
      losses,
      validation,
    });
    const last = new Map(
      records.filter(({ kind }) => kind === 'step').map((record) => [record['step'], numbers(record)]),
    );
    const steps = expected.records.filter(({ kind }) => kind === 'step').map(numbers);
    expect(steps).toHaveLength(192);
    expect(steps.map(({ step }) => last.get(step))).toEqual(steps);
    expect(result).toEqual({ ...expected.result, seconds: expect.anything(), resumedFromStep: goneOn[1] });

    // What was trained is there after another reload too.
    await second.page.reload();
    await second.page.getByRole('button', { name: 'Show' }).click();
    await second.page.getByLabel('A sentence to judge').fill('Profit doubles');
    await second.page.locator('.judgement .score').waitFor(SLOWLY);
    expect(second.faults).toEqual([]);
  });

  test('is looked on at by a second tab, which takes over when the first crashes; deleting frees the storage', async () => {
    const context = await profile();
    const first = await site.visit(`${MANY_STEPS}&epochs=40`, context);
    await first.page.getByRole('button', { name: 'Run demo' }).click();
    await reaches(first.page, 3);
    const second = await site.visit('', context);
    await second.page.getByText('Another tab trains on sentfin.csv').waitFor(SLOWLY);
    const seen = await stepOf(second.page);
    await reaches(second.page, seen + 3);
    expect(await second.page.getByRole('button').count()).toBe(0);
    expect(await axeViolations(second.page)).toEqual([]);

    const crash = await context.newCDPSession(first.page);
    void crash.send('Page.crash').catch(() => undefined);
    await second.page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 5000 });
    await second.page.getByText(/^Kept in this browser:/).waitFor();
    expect(await axeViolations(second.page)).toEqual([]);
    await second.page.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => second.page.getByText('Your trainings').count()).toBe(0);
    const { records } = await stored(second.page);
    expect(records).toEqual([]);
  });

  test('goes on to its result where the storage is full or deleted under it, and says that it is not saved', async () => {
    const context = await profile();
    const { page } = await site.visit(`${MANY_STEPS}&epochs=1`, context);
    const control = await context.newCDPSession(page);
    await control.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin, quotaSize: 1000 });
    await page.getByRole('button', { name: 'Run demo' }).click();
    await page.getByText(/is not saved: the browser’s storage for this page is full/).waitFor(SLOWLY);
    await isDone(page);
    await control.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin });

    await page.reload();
    await page.getByRole('button', { name: 'Run demo' }).click();
    await reaches(page, 3);
    await page.evaluate("indexedDB.deleteDatabase('darse')");
    await page
      .getByText(/data are being deleted: reload this one|is not saved/)
      .first()
      .waitFor(SLOWLY);
    await isDone(page);
  });
});
