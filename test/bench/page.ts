import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage } from '../support/buildSite.ts';
import { launchChromium, whyNoChromium } from '../support/chromium.ts';
import { serveSite } from '../support/serveSite.ts';

const ROUNDS = 3;
/** A first curve: the losses of two steps. */
const CURVE = /From [\d.]+ at step 1 to [\d.]+ at step (?:[2-9]|\d\d)/;
const LONG_MS = 300_000;

/** Seconds from the click on "Run demo" to a first curve and to the result, each in a browser that has never seen the page. */
export async function benchPage(): Promise<void> {
  const reason = whyNoChromium();
  if (reason !== null) throw new Error(reason);
  const folder = mkdtempSync(join(tmpdir(), 'darse-page-'));
  try {
    await buildPage(folder);
    const host = await serveSite(folder);
    console.log(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`);
    for (let round = 1; round <= ROUNDS; round++) {
      const browser = await launchChromium();
      const page = await browser.newPage();
      await page.goto(host.url);
      const demo = page.getByRole('button', { name: 'Run demo' });
      await demo.waitFor();
      const startedAt = performance.now();
      const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
      await demo.click();
      await page.getByText(CURVE).waitFor({ timeout: LONG_MS });
      const curve = seconds();
      await page.getByRole('heading', { name: /^Trained on/ }).waitFor({ timeout: LONG_MS });
      console.log(`round ${round}: first curve after ${curve} s, result after ${seconds()} s`);
      await browser.close();
    }
    await host.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
