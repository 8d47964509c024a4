import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DarseError } from '../shared/study/darseError.ts';
import { fileProblem } from './fileSource.ts';
import { makeFolder } from './makeFolder.ts';
import { isTemporary, temporaryPath } from './writeFileAtomically.ts';

export const LOCK_FILE = '.lock';

/** How often a holder shows that it lives, and after how long without a sign it is taken for dead. */
const BEAT_MS = 10_000;
const EXPIRY_MS = 120_000;

/** A folder that this process alone writes to. */
export interface FolderLock {
  /** Throws `file` where another process took the folder over, having seen no sign of life for long: this one must write no more. */
  check(): void;
  release(): Promise<void>;
}

/**
 * Takes a folder, made where it is not there, against a second writer. Throws `usage` while another process has it; one that
 * died, or gave no sign of life for two minutes, has lost it, and what it left half written is removed. The lock is a file that
 * says who: host, process and a word of its own.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, LOCK_FILE);
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, word: randomUUID() });
  await makeFolder(folder);
  while (!(await create(path, mine))) {
    const holder = await readHolder(path);
    if (holder === null) continue;
    if (isAlive(holder)) {
      throw new DarseError(
        'usage',
        `${folder} is being worked on by process ${holder.pid} on ${holder.host}: wait until it is done, or stop it`,
      );
    }
    await takeAway(path, holder.text);
  }
  await removeRemains(folder);
  let lost = false;
  const beat = async () => {
    if ((await readFile(path, 'utf8').catch(() => null)) !== mine) lost = true;
    else await utimes(path, new Date(), new Date()).catch(() => undefined);
  };
  const timer = setInterval(() => void beat(), BEAT_MS).unref();
  return {
    check() {
      if (lost) throw new DarseError('file', `another process took over ${folder}: this one stops`);
    },
    async release() {
      clearInterval(timer);
      await takeAway(path, mine);
    },
  };
}

/** The living process that has the folder; null where none has. */
export async function lockHolder(folder: string): Promise<LockHolder | null> {
  const holder = await readHolder(join(folder, LOCK_FILE));
  return holder !== null && isAlive(holder) ? holder : null;
}

export interface LockHolder {
  /** The lock's content: no two are the same. */
  readonly text: string;
  readonly host: string;
  readonly pid: number;
  readonly silentMs: number;
}

/** Creates the lock with its content; false where there is one. */
async function create(path: string, text: string): Promise<boolean> {
  // Written aside and linked, so that nobody reads half of it.
  const aside = temporaryPath(path);
  const file = await open(aside, 'wx').catch((cause: NodeJS.ErrnoException) => {
    throw new DarseError('file', `cannot write ${path}: ${fileProblem(cause)}`, { cause });
  });
  try {
    await file.writeFile(text);
    await file.close();
    return await link(aside, path).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'EEXIST') return false;
        throw new DarseError('file', `cannot write ${path}: ${fileProblem(cause)}`, { cause });
      },
    );
  } finally {
    await rm(aside, { force: true });
  }
}

async function readHolder(path: string): Promise<LockHolder | null> {
  try {
    const { mtimeMs } = await stat(path);
    const text = await readFile(path, 'utf8');
    const [, host = 'an unknown host', pid = '0'] = /"host":"([^"]*)","pid":(\d+)/.exec(text) ?? [];
    return { text, host, pid: Number(pid), silentMs: Date.now() - mtimeMs };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive({ host, pid, silentMs }: LockHolder): boolean {
  if (silentMs > EXPIRY_MS) return false;
  if (host !== hostname()) return true;
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Removes what ended processes left half written in the folder and those in it; a lock that somebody else is about to put there stays. */
async function removeRemains(folder: string): Promise<void> {
  for (const name of (await readdir(folder, { recursive: true })).filter(isTemporary)) {
    const path = join(folder, name);
    const owner = name.startsWith(LOCK_FILE) ? await readHolder(path) : null;
    if (owner === null || !isAlive(owner)) await rm(path, { force: true });
  }
}

/** Removes the lock if it still is the one of this content: one that somebody faster has put there is given back. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = temporaryPath(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  // Gone where a faster one has taken the folder meanwhile and removed what was left.
  const found = await readFile(aside, 'utf8').catch(() => text);
  if (found !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
