import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ByteSource } from '../shared/study/byteSource.ts';
import { DarseError } from '../shared/study/darseError.ts';

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
  return {
    name: path,
    byteLength: size,
    async read(begin, end) {
      const bytes = new Uint8Array(end - begin);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, begin + filled);
        if (bytesRead === 0)
          throw new DarseError('file', `${path} ends at byte ${begin + filled}, wanted up to ${end}`);
        filled += bytesRead;
      }
      return bytes;
    },
    async *stream() {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
        yield chunk as Uint8Array<ArrayBuffer>;
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
