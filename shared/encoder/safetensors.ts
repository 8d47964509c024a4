import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import { decodeBfloat16, decodeFloat16 } from './halfFloat.ts';
import { LENGTH_BYTES } from './safetensorsFormat.ts';
import { parseSafetensorsHeader, type SafetensorsHeader, type TensorInfo } from './safetensorsHeader.ts';
import type { TensorStore } from './tensorStore.ts';

/** The longest header that is read: RoBERTa-Large's is 50 kB. The original takes 100 MB. */
const MAX_HEADER_BYTES = 25_000_000;

/** How much of a tensor is held beside its float32 values while reading: a multiple of every element's size. */
export const CHUNK_BYTES = 2 ** 22;

/** An int8 tensor `w` is quantised by rows where the file has the float32 tensor `w.scale`: w[i, j] = q[i, j] * scale[i]. */
const SCALE_SUFFIX = '.scale';

/** One opened file; `tensors` also lists the scales and what cannot be read as floats. */
export interface SafetensorsFile extends TensorStore, SafetensorsHeader {}

/**
 * Opens a safetensors file (F32, F16, BF16, and I8 with scales by row, are readable). Only the header is read; a tensor is read
 * in chunks straight into its result, so a checkpoint is never twice in memory. The machine must be little-endian, as all that
 * run JavaScript engines are.
 *
 * Throws `input` for a file that is not sound, before any of its numbers are used.
 */
export async function readSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const header = parseSafetensorsHeader(await readHeader(source), source.byteLength, source.name);
  const { tensors } = header;
  const scaleOf = (name: string, info: TensorInfo) => {
    const scale = info.dtype === 'I8' ? tensors.get(name + SCALE_SUFFIX) : undefined;
    return scale?.dtype === 'F32' && scale.shape.length === 1 && scale.shape[0] === info.shape[0] ? scale : undefined;
  };

  async function readFloat32(name: string): Promise<Float32Array<ArrayBuffer>> {
    const info = tensors.get(name);
    if (!info) throw new DarseError('input', `${source.name} has no tensor ${JSON.stringify(name)}`);
    const scale = scaleOf(name, info);
    const scales = scale ? await readValues(name + SCALE_SUFFIX, scale, decodeFloat32) : undefined;
    return readValues(name, info, decoderOf(name, info, scales));
  }

  async function readValues(name: string, { begin, end, shape }: TensorInfo, decode: Decoder) {
    const values = new Float32Array(shape.reduce((count, size) => count * size, 1));
    const elementBytes = values.length === 0 ? 1 : (end - begin) / values.length;
    for (let at = begin; at < end; at += CHUNK_BYTES) {
      const bytes = await source.read(at, Math.min(at + CHUNK_BYTES, end));
      const first = (at - begin) / elementBytes;
      decode(bytes, values, first);
      requireFinite(values, first, first + bytes.length / elementBytes, name);
    }
    return values;
  }

  function decoderOf(name: string, { dtype, shape }: TensorInfo, scales: Float32Array | undefined): Decoder {
    if (dtype === 'F32') return decodeFloat32;
    if (dtype === 'F16') return decodeFloat16;
    if (dtype === 'BF16') return decodeBfloat16;
    if (scales)
      return rowDecoder(
        scales,
        shape.slice(1).reduce((count, size) => count * size, 1),
      );
    const missing =
      dtype === 'I8' ? ` without a float32 tensor ${JSON.stringify(name + SCALE_SUFFIX)} of one number a row` : '';
    throw new DarseError(
      'input',
      `${source.name}: ${JSON.stringify(name)} is of type ${dtype}${missing}; F32, F16, BF16 or scaled I8 can be read as float32`,
    );
  }

  function requireFinite(values: Float32Array, begin: number, end: number, name: string): void {
    for (let i = begin; i < end; i++) {
      if (Number.isFinite(values[i])) continue;
      throw new DarseError(
        'input',
        `${source.name}: ${JSON.stringify(name)} holds ${values[i]} at element ${i}; only finite values are allowed`,
      );
    }
  }

  const scaleNames = new Set([...tensors].filter((entry) => scaleOf(...entry)).map(([name]) => name + SCALE_SUFFIX));
  return {
    ...header,
    names: () => [...tensors.keys()].filter((name) => !scaleNames.has(name)),
    info: (name) => tensors.get(name),
    readFloat32,
  };
}

async function readHeader(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (reason: string) => new DarseError('input', `${source.name} is not a safetensors file: ${reason}`);
  if (source.byteLength < LENGTH_BYTES)
    throw refuse(`it has ${source.byteLength} bytes, at least ${LENGTH_BYTES} are needed`);
  const prefix = await source.read(0, LENGTH_BYTES);
  if (new TextDecoder().decode(prefix) === 'version ') {
    throw refuse('it is the pointer that Git LFS leaves in its place; run "git lfs pull" where it was cloned');
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES)
    throw refuse(`its header would have ${length} bytes, at most ${MAX_HEADER_BYTES} are read`);
  const end = LENGTH_BYTES + Number(length);
  if (end > source.byteLength) throw refuse(`its header would end at byte ${end}, the file at ${source.byteLength}`);
  return source.read(LENGTH_BYTES, end);
}

/** Puts the elements that `bytes` encode into `values` from element `at` on. */
type Decoder = (bytes: Uint8Array, values: Float32Array, at: number) => void;

function decodeFloat32(bytes: Uint8Array, values: Float32Array, at: number): void {
  new Uint8Array(values.buffer, values.byteOffset).set(bytes, at * Float32Array.BYTES_PER_ELEMENT);
}

/** int8 in rows of `width` elements, each row with its scale. */
function rowDecoder(scales: Float32Array, width: number): Decoder {
  return (bytes, values, at) => {
    const integers = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < integers.length; i++) values[at + i] = integers[i]! * scales[Math.floor((at + i) / width)]!;
  };
}
