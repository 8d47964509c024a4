import { open, readdir, rename, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A holder that has written nothing for this long is taken for dead; longer than any pause of a download. */
const HOLD_MS = 120_000;

/** A partial file that one download alone writes to. */
export interface PartialFile {
  readonly path: string;
  /** Gives the file up, so that a later download can go on from it. */
  release(): Promise<void>;
}

/**
 * Takes over what an earlier download of a blob left, or starts an empty file; null while another process (or another download of this
 * one) is at it. The file's name says who holds it: `OID.darse-HOST-PID.incomplete`, or `OID.darse-free.incomplete`; claiming is one rename,
 * which only one can win (the loser gets null and may look again). What other tools left (`OID.incomplete`) is not touched.
 */
export async function claimPartial(blobsFolder: string, oid: string): Promise<PartialFile | null> {
  const mine = join(blobsFolder, `${oid}.darse-${hostname()}-${process.pid}.incomplete`);
  const free = join(blobsFolder, `${oid}.darse-free.incomplete`);
  const left = (await readdir(blobsFolder)).filter(
    (name) => name.startsWith(`${oid}.darse-`) && name.endsWith('.incomplete'),
  );
  for (const name of left) {
    if (await isHeld(blobsFolder, name)) return null;
  }
  const name = left[0];
  if (name !== undefined) {
    const path = join(blobsFolder, name);
    // Touched first, so that nobody sees an old time under the new name.
    const claimed = (await succeeds(touch(path), 'ENOENT')) && (await succeeds(rename(path, mine), 'ENOENT'));
    return claimed ? partial(mine, free) : null;
  }
  const created = await open(mine, 'wx').catch(ignore('EEXIST'));
  if (created === null) return null;
  await created.close();
  return partial(mine, free);
}

/** Tells other processes that the holder of a partial file lives. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

function partial(path: string, free: string): PartialFile {
  return {
    path,
    release: async () => {
      await succeeds(rename(path, free), 'ENOENT');
    },
  };
}

async function isHeld(folder: string, name: string): Promise<boolean> {
  const pid = /-(\d+)\.incomplete$/.exec(name)?.[1];
  const status = await stat(join(folder, name)).catch(ignore('ENOENT'));
  if (pid === undefined || status === null || Date.now() - status.mtimeMs > HOLD_MS) return false;
  return !name.includes(`.darse-${hostname()}-`) || isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** True where the operation worked, false where it failed in the expected way. */
async function succeeds(operation: Promise<void>, expected: string): Promise<boolean> {
  return (await operation.then(() => true, ignore(expected))) === true;
}

/** Turns one expected system error into null. */
function ignore(code: string): (error: unknown) => null {
  return (error) => {
    if (hasCode(error, code)) return null;
    throw error;
  };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
