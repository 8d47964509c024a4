import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCK_FILE, lockFolder, lockHolder } from '../../node/folderLock.ts';
import { temporaryFolder } from '../support/cliFixture.ts';

const folder = temporaryFolder();
/** More than the two minutes after which a silent holder has lost a folder. */
const LONG_AGO_SECONDS = 180;

/** A folder with the lock of somebody else in it. */
function heldFolder(name: string, host: string, pid: number, silentSeconds = 0): string {
  const path = join(folder, name);
  const lock = join(path, LOCK_FILE);
  spawnSync('mkdir', ['-p', path]);
  writeFileSync(lock, JSON.stringify({ host, pid, word: 'theirs' }));
  const seen = Date.now() / 1000 - silentSeconds;
  utimesSync(lock, seen, seen);
  return path;
}

/** The id of a process that has just ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('a folder', () => {
  test('is made, held by one at a time, and free again after release', async () => {
    const path = join(folder, 'new', 'study');
    const lock = await lockFolder(path);
    await expect(lockFolder(path)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`worked on by process ${process.pid} on ${hostname()}`),
    });
    expect(await lockHolder(path)).not.toBeNull();
    await lock.release();
    expect(await lockHolder(path)).toBeNull();
    expect(readdirSync(path)).toEqual([]);
  });

  test('is given to exactly one of many who ask at once, also where a dead one held it', async () => {
    const path = heldFolder('raced', hostname(), deadProcess());
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(path)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(path)).toEqual([LOCK_FILE]);
    for (const each of asked) if (each.status === 'fulfilled') await each.value.release();
  });

  test('whose holder on this host has died is free at once', async () => {
    const path = heldFolder('dead', hostname(), deadProcess());
    expect(await lockHolder(path)).toBeNull();
    await (await lockFolder(path)).release();
  });

  test('held on another host is free only after two minutes without a sign of life', async () => {
    const fresh = heldFolder('fresh', 'elsewhere', 1);
    await expect(lockFolder(fresh)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('elsewhere'),
    });
    const silent = heldFolder('silent', 'elsewhere', 1, LONG_AGO_SECONDS);
    await (await lockFolder(silent)).release();
    expect(existsSync(join(silent, LOCK_FILE))).toBe(false);
  });

  test('loses what ended processes left half written when it is taken, and nothing else', async () => {
    const path = join(folder, 'remains');
    mkdirSync(join(path, 'adapters'), { recursive: true });
    const half = join(path, 'adapters', `trial-0001.safetensors.${randomUUID()}.part`);
    const lockOf = (pid: number) => {
      const aside = join(path, `${LOCK_FILE}.${randomUUID()}.part`);
      writeFileSync(aside, JSON.stringify({ host: hostname(), pid, word: 'theirs' }));
      return aside;
    };
    const [dead, living] = [lockOf(deadProcess()), lockOf(process.pid)];
    for (const file of [half, join(path, 'chapter.part')]) writeFileSync(file, 'x');
    const lock = await lockFolder(path);
    expect([half, dead].filter((file) => existsSync(file))).toEqual([]);
    expect(existsSync(living)).toBe(true);
    await lock.release();
    expect(readdirSync(path)).toContain('chapter.part');
  });

  test('keeps the lock of another who took it over, when the former holder releases', async () => {
    const path = join(folder, 'taken');
    const lock = await lockFolder(path);
    heldFolder('taken', 'elsewhere', 1);
    await lock.release();
    expect(await lockHolder(path)).not.toBeNull();
  });
});
