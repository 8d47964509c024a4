import { DarseError, problemsError } from '../study/darseError.ts';
import { LENGTH_BYTES, METADATA_KEY, elementCount } from './safetensorsFormat.ts';

/** float32 values in row-major order. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * A safetensors file of float32 tensors, byte for byte what Python's `safetensors` writes: tensors in the order of their names, the header
 * filled with spaces to a multiple of 8. The original orders several entries of `metadata` at random; here they are sorted.
 *
 * Throws `usage` for names or sizes that cannot be written and `notFinite` where a value is not finite.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const { header, order, byteLength } = layOut(
    new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    metadata,
  );
  const file = new Uint8Array(byteLength);
  file.set(header);
  let at = header.length;
  for (const [name, count] of order) {
    const bytes = tensorBytes(name, count, tensors.get(name)?.data);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** The same file in pieces, for what does not fit in memory at once: `read` is asked for the tensors one after another. */
export async function* streamSafetensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  metadata: ReadonlyMap<string, string>,
  read: (name: string) => Promise<Float32Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { header, order } = layOut(shapes, metadata);
  yield header;
  for (const [name, count] of order) yield tensorBytes(name, count, await read(name));
}

interface Layout {
  /** Length prefix included. */
  readonly header: Uint8Array<ArrayBuffer>;
  readonly order: readonly (readonly [name: string, elementCount: number])[];
  readonly byteLength: number;
}

function layOut(shapes: ReadonlyMap<string, readonly number[]>, metadata: ReadonlyMap<string, string>): Layout {
  requireWritable(shapes, metadata);
  const entries: string[] = [];
  if (metadata.size > 0) {
    const texts = [...metadata].sort(byName).map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    entries.push(`${JSON.stringify(METADATA_KEY)}:{${texts.join(',')}}`);
  }
  const order: [string, number][] = [];
  let offset = 0;
  for (const [name, shape] of [...shapes].sort(byName)) {
    const count = elementCount(shape) ?? 0;
    const end = offset + count * Float32Array.BYTES_PER_ELEMENT;
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F32', shape, data_offsets: [offset, end] })}`);
    order.push([name, count]);
    offset = end;
  }
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const header = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(' '.charCodeAt(0));
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - LENGTH_BYTES), true);
  header.set(json, LENGTH_BYTES);
  return { header, order, byteLength: header.length + offset };
}

function requireWritable(shapes: ReadonlyMap<string, readonly number[]>, metadata: ReadonlyMap<string, string>): void {
  const problems: string[] = [];
  for (const text of [...shapes.keys(), ...metadata.keys(), ...metadata.values()]) {
    if (/\p{Surrogate}/u.test(text)) problems.push(`${JSON.stringify(text)} holds half a character`);
  }
  for (const [name, shape] of shapes) {
    if (name === METADATA_KEY) problems.push(`a tensor must not be called ${METADATA_KEY}`);
    if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(shape) === undefined) {
      problems.push(`${JSON.stringify(name)} has the shape [${shape.join(', ')}]; whole numbers from 0 are allowed`);
    }
  }
  if (problems.length > 0) throw problemsError('usage', 'the tensors cannot be written:', problems);
}

function tensorBytes(
  name: string,
  count: number,
  data: Float32Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> {
  if (data?.length !== count) {
    throw new DarseError('usage', `${JSON.stringify(name)} has ${data?.length ?? 0} values, its shape needs ${count}`);
  }
  const notFinite = data.findIndex((value) => !Number.isFinite(value));
  if (notFinite >= 0)
    throw new DarseError(
      'notFinite',
      `${JSON.stringify(name)} holds ${data[notFinite]} at element ${notFinite}; it is not written`,
    );
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** By Unicode code points, as the original compares UTF-8 bytes; JavaScript's own order would put U+FFEE behind an emoji. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  // Of a split surrogate pair only the second half differs: step back to the whole character.
  if (i > 0 && /[\udc00-\udfff]/.test(a.charAt(i) + b.charAt(i))) i--;
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}
