import { DarseError, problemsError } from '../study/darseError.ts';
import { duplicateJsonKeys } from './duplicateJsonKeys.ts';
import { DTYPE_BITS, type Dtype, elementCount, isDtype, LENGTH_BYTES, METADATA_KEY } from './safetensorsFormat.ts';

/** Where a tensor lies: bytes [begin, end) of the file. */
export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * A safetensors header, checked as the Rust original does (safetensors 0.8, `tensor.rs`): known types, byte ranges that follow each other
 * without gap or overlap from 0 to the file's end, and each as long as its shape says. Stricter in two points that the format's
 * text demands: the first character is `{`, and no key stands twice.
 *
 * `fileName` is what messages call it. Throws `input` with every problem found.
 */
export function parseSafetensorsHeader(
  header: Uint8Array<ArrayBuffer>,
  byteLength: number,
  fileName: string,
): SafetensorsHeader {
  const dataBegin = LENGTH_BYTES + header.length;
  const entries = headerEntries(header, fileName);
  const problems: string[] = [];
  const metadata = new Map<string, string>();
  const tensors: [name: string, info: TensorInfo][] = [];
  for (const [name, value] of entries) {
    if (name === METADATA_KEY) readMetadata(value, metadata, problems);
    else {
      const info = tensorInfo(name, value, dataBegin, problems);
      if (info) tensors.push([name, info]);
    }
  }
  tensors.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let expected = dataBegin;
  for (const [name, { begin, end }] of tensors) {
    if (begin !== expected) {
      const fault = begin > expected ? 'leaves a gap before it' : 'overlaps the one before';
      problems.push(
        `${shown(name)} begins at byte ${begin - dataBegin} of the data, ${expected - dataBegin} expected: it ${fault}`,
      );
    }
    expected = end;
  }
  // Where a tensor could not be read, the end is not known.
  if (problems.length === 0 && expected !== byteLength) {
    problems.push(
      `the tensors end at byte ${expected}, the file at ${byteLength}: it is ${expected > byteLength ? 'cut off' : 'too long'}`,
    );
  }
  if (problems.length > 0) throw problemsError('input', `${fileName} is not a sound safetensors file:`, problems);
  return { tensors: new Map(tensors), metadata };
}

function headerEntries(header: Uint8Array<ArrayBuffer>, fileName: string): [string, unknown][] {
  const refuse = (reason: string, cause?: unknown) =>
    new DarseError('input', `${fileName} is not a safetensors file: its header ${reason}`, { cause });
  if (header[0] !== '{'.charCodeAt(0)) throw refuse('does not start with {');
  let json: string;
  let value: unknown;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(header);
  } catch (cause) {
    throw refuse('is not UTF-8', cause);
  }
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw refuse('is not JSON', cause);
  }
  const duplicates = duplicateJsonKeys(json);
  if (duplicates.length > 0) throw refuse(`names ${duplicates.slice(0, 5).map(shown).join(', ')} twice`);
  return isRecord(value) ? Object.entries(value) : [];
}

function readMetadata(value: unknown, metadata: Map<string, string>, problems: string[]): void {
  if (value === null) return;
  if (!isRecord(value)) {
    problems.push(`${METADATA_KEY} must hold texts by name`);
    return;
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') metadata.set(key, text);
    else problems.push(`${METADATA_KEY}[${shown(key)}] must be a text, got ${typeof text}`);
  }
}

function tensorInfo(name: string, value: unknown, dataBegin: number, problems: string[]): TensorInfo | undefined {
  const refuse = (problem: string) => {
    problems.push(`${shown(name)} ${problem}`);
    return undefined;
  };
  if (!isRecord(value)) return refuse('must be an object with dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype))
    return refuse(`has the unknown dtype ${typeof dtype === 'string' ? shown(dtype) : typeof dtype}`);
  if (!isCountList(shape)) return refuse('must have a shape of whole numbers from 0');
  if (!isCountList(offsets) || offsets.length !== 2) return refuse('must have two whole numbers as data_offsets');
  const [begin = 0, end = 0] = offsets;
  const bits = elementCount([...shape, DTYPE_BITS[dtype]]);
  if (bits === undefined) return refuse('has a shape whose size is too large to count');
  if (bits % 8 !== 0) return refuse(`of dtype ${dtype} does not end at a whole byte`);
  if (end - begin !== bits / 8)
    return refuse(`spans bytes ${begin} to ${end}, its shape and dtype ${dtype} need ${bits / 8}`);
  return { dtype, shape, begin: dataBegin + begin, end: dataBegin + end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The most characters of a name that a message repeats. */
const SHOWN_CHARACTERS = 200;

function shown(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_CHARACTERS));
}
