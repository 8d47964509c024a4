import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkNewFolder } from '../../node/runFolder.ts';
import { temporaryFolder } from '../support/cliFixture.ts';

const folder = temporaryFolder();

describe('a folder for a new run', () => {
  test.each([
    ['is not there', []],
    [
      'holds only what a process left that was ended at its very start',
      [`.lock.${randomUUID()}.part`, `run.json.${randomUUID()}.part`],
    ],
  ])('may be one that %s', async (title, files) => {
    const path = join(folder, title);
    if (files.length > 0) mkdirSync(path);
    for (const file of files) writeFileSync(join(path, file), '');
    await expect(checkNewFolder(path)).resolves.toBeUndefined();
  });

  test("is refused where it holds a user's file", async () => {
    writeFileSync(join(folder, 'notes.part'), '');
    await expect(checkNewFolder(folder)).rejects.toMatchObject({
      code: 'usage',
      message: `${folder} is not empty: take another folder for --out`,
    });
  });
});
