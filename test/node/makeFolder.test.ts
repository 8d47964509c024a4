import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../../node/makeFolder.ts';
import { temporaryFolder } from '../support/cliFixture.ts';

const folder = temporaryFolder();

describe('a folder', () => {
  test('is made with those above it, by many at once, and may be there already', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 10 }, () => makeFolder(path)));
    await makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
    expect(readdirSync(path)).toEqual([]);
  });

  test.each(['file', 'file/below'])('is refused where a file is in the way: %s', async (name) => {
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, name))).rejects.toMatchObject({
      code: 'file',
      message: `cannot make the folder ${join(folder, name)}: a file is in the way`,
    });
  });

  // Node's own recursive mkdir tries for ever there.
  test.skipIf(!existsSync('/proc/self'))('is refused where the system makes none, at once', async () => {
    await expect(makeFolder('/proc/darse/run')).rejects.toMatchObject({
      code: 'file',
      message: 'cannot make the folder /proc/darse/run: no such file or folder',
    });
  });
});
