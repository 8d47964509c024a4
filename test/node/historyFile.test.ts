import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { openHistory } from '../../node/historyFile.ts';
import { HISTORY_CONTRACT } from '../contracts/historyContract.ts';
import { temporaryFolder } from '../support/cliFixture.ts';

describe('a history on disk', () => {
  const folder = temporaryFolder();
  for (const [i, { title, run }] of HISTORY_CONTRACT.entries()) {
    test(title, async () => {
      const path = join(folder, `history-${i}.jsonl`);
      await run({
        open: () => openHistory(path),
        async damage(number) {
          const lines = readFileSync(path, 'utf8').split('\n');
          lines[number - 1] = (lines[number - 1] ?? '').replace('kind', 'kimd');
          writeFileSync(path, lines.join('\n'));
        },
      });
    });
  }
});
