import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileSource } from '../../node/fileSource.ts';

test.skipIf(process.platform === 'win32')('refuses a pipe at once, without waiting for its writer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'darse-source-'));
  const pipe = join(folder, 'pipe.csv');
  execFileSync('mkfifo', [pipe]);
  await expect(openFileSource(pipe)).rejects.toMatchObject({
    code: 'input',
    message: `cannot read ${pipe}: it is a pipe or a device, save what comes from it in a file`,
  });
  rmSync(folder, { recursive: true });
});
