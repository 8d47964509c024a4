import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's package `chromium`; another by `DARSE_CHROMIUM`. */
const CHROMIUM = process.env['DARSE_CHROMIUM'] ?? '/usr/bin/chromium';

/** Why the page cannot be tested here; null where it can. */
export function whyNoChromium(): string | null {
  return existsSync(CHROMIUM)
    ? null
    : `there is no ${CHROMIUM}: install Debian's package chromium, or name another with DARSE_CHROMIUM`;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser with a profile of its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
