import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { whyNoChromium } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built site; empty where no browser is there to look at it. */
    site: string;
  }
}

/** Where the built site has pages that only tests open. */
export const TEST_PAGES = 'test-pages';

/** Builds the site once for all tests of the page. */
export default async function buildSite(project: TestProject): Promise<() => void> {
  const reason = whyNoChromium();
  if (reason !== null) {
    console.warn(`The page is not tested: ${reason}`);
    project.provide('site', '');
    return () => undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'darse-site-'));
  await asUsersGetIt(async () => {
    await buildPage(folder);
    await buildTestPages(join(folder, TEST_PAGES));
  });
  project.provide('site', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Builds the page into a folder. */
export async function buildPage(folder: string): Promise<void> {
  const root = join(import.meta.dirname, '..', '..');
  await build({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'web'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
}

/** The test runner's own value of NODE_ENV would build what developers get. */
async function asUsersGetIt(run: () => Promise<void>): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await run();
  } finally {
    process.env['NODE_ENV'] = NODE_ENV;
  }
}

async function buildTestPages(folder: string): Promise<void> {
  const pages = join(import.meta.dirname, '..', 'browser', 'pages');
  const input = Object.fromEntries(
    ['contracts', 'hangs', 'silent', 'breaks'].map((name) => [name, join(pages, `${name}.ts`)]),
  );
  await build({
    configFile: false,
    root: pages,
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { input, output: { entryFileNames: '[name].js' } },
    },
  });
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>contracts</title><script type="module" src="contracts.js"></script>',
  );
}
