import { randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DarseError } from '../shared/study/darseError.ts';
import { fileProblem } from './fileSource.ts';

/**
 * Writes a file so that its path holds either what it held before or all of the new content, through a crash or a power loss: a temporary
 * file in the same folder, fsync, rename, fsync of the folder. Throws `file` when the disk refuses; what `content` itself throws
 * comes through as it is. The temporary file is removed in both cases.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    const file = await open(temporary, 'wx');
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    // The first failure is the one to tell of, whether or not the remains can be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
    if (isSystemError(cause)) throw new DarseError('file', `cannot write ${path}: ${fileProblem(cause)}`, { cause });
    throw cause;
  }
}

/** A path of its own beside `path`, for what is not whole yet. */
export function temporaryPath(path: string): string {
  return `${path}.${randomUUID()}.part`;
}

/** Whether a file's name is one of `temporaryPath`: where nobody writes any more, an ended process left it. */
export function isTemporary(name: string): boolean {
  return /\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/.test(name);
}

/** Makes a rename last; Windows has no such call for folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause;
}
