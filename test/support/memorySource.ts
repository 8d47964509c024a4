import type { ByteSource } from '../../shared/study/byteSource.ts';

/** A byte source over a text (as UTF-8) or bytes, streamed in chunks of `chunkBytes`. */
export function memorySource(name: string, content: string | Uint8Array, chunkBytes = 1 << 16): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content);
  return {
    name,
    byteLength: bytes.length,
    read: (begin, end) => Promise.resolve(bytes.slice(begin, end)),
    async *stream() {
      for (let begin = 0; begin < bytes.length; begin += chunkBytes) yield bytes.slice(begin, begin + chunkBytes);
    },
  };
}
