import { mkdtempSync, rmSync } from 'node:fs';
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

/** Builds the site once for all tests of the page. */
export default async function buildSite(project: TestProject): Promise<() => void> {
  const reason = whyNoChromium();
  if (reason !== null) {
    console.warn(`The page is not tested: ${reason}`);
    project.provide('site', '');
    return () => undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'darse-site-'));
  const root = join(import.meta.dirname, '..', '..');
  await build({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'web'),
    logLevel: 'warn',
    build: { outDir: folder },
  });
  project.provide('site', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
