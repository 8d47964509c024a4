import { open, stat } from 'node:fs/promises';
import type { ByteSource } from '../shared/study/byteSource.ts';
import { DarseError } from '../shared/study/darseError.ts';

const STREAM_BYTES = 2 ** 20;

/** A file on disk as a byte source; call `close` when done. Throws `readingError`. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const kind = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
  if (kind.isDirectory()) throw readingError(path, Object.assign(new Error(), { code: 'EISDIR' }));
  // Told before it is opened: that would wait for a pipe's writer.
  if (!kind.isFile()) {
    throw new DarseError('input', `cannot read ${path}: it is a pipe or a device, save what comes from it in a file`);
  }
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
  const { size, mtimeMs } = await handle.stat();
  const unchanged = async () => {
    const now = await handle.stat();
    if (now.size !== size || now.mtimeMs !== mtimeMs) throw new DarseError('file', `${path} changed while being read`);
  };
  const read = async (begin: number, end: number) => {
    const bytes = new Uint8Array(end - begin);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, begin + filled);
      if (bytesRead === 0) throw new DarseError('file', `${path} ends at byte ${begin + filled}, wanted up to ${end}`);
      filled += bytesRead;
    }
    return bytes;
  };
  return {
    name: path,
    byteLength: size,
    read,
    async *stream() {
      for (let begin = 0; begin < size; begin += STREAM_BYTES) yield read(begin, Math.min(size, begin + STREAM_BYTES));
      await unchanged();
    },
    close: () => handle.close(),
  };
}

/** A path that a user named is wrong (`input`), or what is there cannot be read (`file`). */
export function readingError(path: string, cause: NodeJS.ErrnoException): DarseError {
  const isWrong = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' || cause.code === 'EISDIR';
  return new DarseError(isWrong ? 'input' : 'file', `cannot read ${path}: ${fileProblem(cause)}`, { cause });
}

/** The reason of a failed file operation in words. */
export function fileProblem(cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'ENOENT':
      return 'no such file or folder';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is in the way';
    case 'EISDIR':
      return 'it is a folder, a file was wanted';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EROFS':
      return 'the disk is read-only';
    default:
      return cause.message;
  }
}
