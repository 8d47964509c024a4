import { DarseError } from '../../shared/study/darseError.ts';

/**
 * Fetches a file of this site; `onProgress` hears how many bytes of how many are here (0 where the host does not say). Throws `download` where it is
 * not there or breaks off.
 */
export async function fetchBytes(
  url: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new DarseError('download', `cannot fetch ${url}: ${String(cause)}; look at the connection and try again`, {
      cause,
    });
  });
  if (!response.ok || !response.body) {
    throw new DarseError('download', `cannot fetch ${url}: the host answers ${response.status} ${response.statusText}`);
  }
  // A host may send it compressed: the length is then not that of the bytes.
  const total = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let done = 0;
  try {
    for await (const chunk of chunksOf(response.body)) {
      chunks.push(chunk);
      done += chunk.length;
      onProgress(done, total);
    }
  } catch (cause) {
    throw new DarseError('download', `${url} broke off after ${done} bytes: try again`, { cause });
  }
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A stream's chunks; not every browser iterates streams by itself. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
