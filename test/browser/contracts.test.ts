import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKPOINT_CONTRACT } from '../contracts/checkpointContract.ts';
import { HISTORY_CONTRACT } from '../contracts/historyContract.ts';
import { TEST_PAGES } from '../support/buildSite.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { type OpenSite, openSite } from '../support/openSite.ts';

describe.skipIf(whyNoChromium() !== null)('in a browser', () => {
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    site = await openSite({ sendsHeaders: false });
    page = await site.browser.newPage();
    await page.goto(`${site.url}${TEST_PAGES}/`);
  });
  afterAll(() => site?.close());

  describe('a history in IndexedDB', () => {
    for (const [i, { title }] of HISTORY_CONTRACT.entries()) {
      test(title, async () => {
        expect(await page.evaluate(`runHistoryCase(${i})`)).toBeNull();
      });
    }
  });

  describe('checkpoints in IndexedDB', () => {
    for (const [i, { title }] of CHECKPOINT_CONTRACT.entries()) {
      test(title, async () => {
        expect(await page.evaluate(`runCheckpointCase(${i})`)).toBeNull();
      });
    }
  });

  describe('a call to a worker is refused, and the page told,', () => {
    test.each([
      ['whose script fails', 'breaks.js', /this script fails/],
      ['that does not start in time', 'silent.js', /did not start within 4 s/],
      ['that hangs', 'hangs.js', /no sign of life for 6 s/],
    ])('%s', async (_title, script, reason) => {
      const answer = await page.evaluate(`callWorker(${JSON.stringify(script)})`);
      expect(answer).toEqual({
        rejected: expect.stringMatching(reason),
        lost: expect.stringMatching(reason),
      });
    });
  });
});
