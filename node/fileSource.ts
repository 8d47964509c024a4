import { open } from 'node:fs/promises';
import type { ByteSource } from '../shared/study/byteSource.ts';
import { DarseError } from '../shared/study/darseError.ts';

const STREAM_BYTES = 2 ** 20;

/** A file on disk as a byte source; call `close` when done. A missing or unreadable file is a `file` error. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new DarseError('file', `cannot read ${path}: ${fileProblem(cause)}`, { cause });
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

/** The reason of a failed file operation in words. */
export function fileProblem(cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'ENOENT':
      return 'no such file or folder';
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
