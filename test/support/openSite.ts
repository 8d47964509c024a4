import type { Browser, BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';
import { launchChromium } from './chromium.ts';
import { serveFolder } from './serveFolder.ts';
import { serveSite } from './serveSite.ts';

/** The built site on a host, and a browser to look at it. */
export interface OpenSite {
  readonly url: string;
  readonly browser: Browser;
  /** A tab of a profile of its own, at the site with the given search part; what must never happen is collected in `faults`. */
  visit(search?: string, context?: BrowserContext): Promise<{ readonly page: Page; readonly faults: string[] }>;
  close(): Promise<void>;
}

/** Serves the built site, with the headers that its `_headers` asks for unless the host knows none, and starts a browser. */
export async function openSite({ sendsHeaders = true } = {}): Promise<OpenSite> {
  const folder = inject('site');
  const host = await (sendsHeaders ? serveSite(folder) : serveFolder(folder));
  const browser = await launchChromium();
  return {
    url: host.url,
    browser,
    async visit(search = '', context) {
      const page = await (context ?? (await browser.newContext())).newPage();
      const faults: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
      });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(host.url) && !request.url().startsWith('data:')) {
          faults.push(`asked for ${request.url()}`);
        }
      });
      await page.goto(`${host.url}${search}`);
      return { page, faults };
    },
    async close() {
      await browser.close();
      await host.close();
    },
  };
}
