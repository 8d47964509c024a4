import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServedFolder, serveFolder } from './serveFolder.ts';

/** Serves a built site as a host does that knows its `_headers`. */
export function serveSite(folder: string): Promise<ServedFolder> {
  return serveFolder(folder, headersOf(folder));
}

/** The headers for every file in a `_headers` file. */
function headersOf(folder: string): Record<string, string> {
  const lines = readFileSync(join(folder, '_headers'), 'utf8').split('\n');
  return Object.fromEntries(
    lines
      .filter((line) => line.startsWith('  '))
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      }),
  );
}
