import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { folderCheckpoints } from '../../node/runFolder.ts';
import { CHECKPOINT_CONTRACT } from '../contracts/checkpointContract.ts';
import { damagedAfter } from '../support/damagedAfter.ts';
import { temporaryFolder } from '../support/cliFixture.ts';

describe('checkpoints in a folder', () => {
  const folder = temporaryFolder();
  for (const [i, { title, run }] of CHECKPOINT_CONTRACT.entries()) {
    test(title, async () => {
      const path = join(folder, String(i));
      mkdirSync(path);
      await run({
        open: (trial) => folderCheckpoints(path, trial),
        async damageAfter(step) {
          for (const name of readdirSync(path)) {
            const file = join(path, name);
            writeFileSync(file, damagedAfter(readFileSync(file), step));
          }
        },
        count: async () => readdirSync(path).length,
      });
    });
  }
});
