import { existsSync } from 'node:fs';

/** Debian's package `chromium`; another by `DARSE_CHROMIUM`. */
export const CHROMIUM = process.env['DARSE_CHROMIUM'] ?? '/usr/bin/chromium';

/** Why the page cannot be tested here; null where it can. */
export function whyNoChromium(): string | null {
  return existsSync(CHROMIUM)
    ? null
    : `there is no ${CHROMIUM}: install Debian's package chromium, or name another with DARSE_CHROMIUM`;
}
