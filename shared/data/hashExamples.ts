import { createSha256 } from '../study/sha256.ts';
import type { Example } from './example.ts';

/** Lines are hashed together in pieces of about this many characters. */
const PIECE_CHARACTERS = 1 << 16;

/**
 * The identity of labelled data: SHA-256 over one line `["id","text",score,label]` (JSON, UTF-8, ended by a newline) for
 * each example in order. File format, column order and quoting do not enter; a changed, missing or moved row does.
 */
export function hashExamples(examples: Iterable<Example>): string {
  const hash = createSha256();
  let lines = '';
  for (const { id, text, score, label } of examples) {
    lines += `${JSON.stringify([id, text, score, label])}\n`;
    if (lines.length < PIECE_CHARACTERS) continue;
    hash.update(lines);
    lines = '';
  }
  return hash.update(lines).digestHex();
}
