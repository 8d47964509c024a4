import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The version of DARSE that runs.
 * @returns {string}
 */
export function packageVersion() {
  const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
