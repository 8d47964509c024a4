import { DarseError } from '../study/darseError.ts';
import type { TableProblem } from './table.ts';

/** A stretch of a file as text, and the lines in it that are not UTF-8 (there the text has U+FFFD). */
export interface DecodedText {
  readonly text: string;
  readonly problems: readonly TableProblem[];
}

const NEWLINE = 0x0a;

/**
 * Decodes UTF-8 as it comes, whatever the chunk borders cut through; a leading byte order mark is dropped. Every line
 * with a wrong byte is one problem that names the line, the byte and its offset.
 *
 * Throws `input` for UTF-16, where nothing could be read.
 */
export async function* decodeUtf8(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedText> {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
  let offset = 0;
  let line = 1;
  let lastBadLine = 0;

  const decode = (bytes: Uint8Array): DecodedText => {
    let text: string;
    const problems: TableProblem[] = [];
    try {
      text = strict.decode(bytes);
    } catch {
      text = lenient.decode(bytes);
      let lineHere = line;
      for (let at = 0; at < bytes.length; ) {
        if (bytes[at] === NEWLINE) lineHere++;
        const length = sequenceLength(bytes, at);
        if (length === 0 && lineHere > lastBadLine) {
          lastBadLine = lineHere;
          problems.push({ kind: 'problem', line: lineHere, message: notUtf8(bytes[at] ?? 0, offset + at) });
        }
        at += length || 1;
      }
    }
    if (offset === 0 && text.startsWith('\ufeff')) text = text.slice(1);
    offset += bytes.length;
    line += countNewlines(bytes);
    return { text, problems };
  };

  let carry: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = carry.length > 0 ? concatenated(carry, chunk) : chunk;
    // The carry is below four bytes, so a mark at the very start is judged as soon as two bytes are there.
    if (offset === 0) refuseUtf16(name, bytes);
    const whole = bytes.length - incompleteTail(bytes);
    carry = bytes.slice(whole);
    if (whole > 0) yield decode(bytes.subarray(0, whole));
  }
  if (carry.length > 0) yield decode(carry);
}

function notUtf8(byte: number, offset: number): string {
  const hex = byte.toString(16).toUpperCase().padStart(2, '0');
  return `byte 0x${hex} at offset ${offset} is not UTF-8: save the file as UTF-8`;
}

function refuseUtf16(name: string, bytes: Uint8Array): void {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) throw new DarseError('input', `${name} is UTF-16: save it as UTF-8`);
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** How many bytes at the end begin a character whose rest is still to come: 0 … 3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** The bytes of the character that begins at `at`, or 0 if it is ill-formed (The Unicode Standard, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function concatenated(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
