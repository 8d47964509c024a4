import type { ByteSource } from '../../shared/study/byteSource.ts';

/** How much of a file given by the user is in memory at one time. */
const CHUNK_BYTES = 2 ** 20;

/** Bytes in memory as a byte source. */
export function memorySource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    byteLength: bytes.length,
    read: (begin, end) => Promise.resolve(bytes.slice(begin, end)),
    async *stream() {
      yield bytes;
    },
  };
}

/** A file of the user's as a byte source, read when asked for. */
export function blobSource(name: string, blob: Blob): ByteSource {
  const read = async (begin: number, end: number) => new Uint8Array(await blob.slice(begin, end).arrayBuffer());
  return {
    name,
    byteLength: blob.size,
    read,
    async *stream() {
      for (let begin = 0; begin < blob.size; begin += CHUNK_BYTES) yield read(begin, begin + CHUNK_BYTES);
    },
  };
}
