import { ByteLevelPreTokenizer } from '@huggingface/tokenizers';
import { LETTERS_UNKNOWN_TO_BYTE_LEVEL } from './unicodeDifferences.ts';

/** The section `pre_tokenizer` of a GPT-2 or RoBERTa tokenizer.json. */
export interface ByteLevelOptions {
  readonly add_prefix_space: boolean;
  readonly use_regex: boolean;
}

const KNOWN = `(?![${LETTERS_UNKNOWN_TO_BYTE_LEVEL}])`;
/**
 * GPT-2's pattern `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`. Its `\s` is Unicode's white space;
 * JavaScript's counts U+FEFF in and leaves U+0085 out, which is why the library's own pattern is not used.
 */
const WORD = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?(?:${KNOWN}\\p{L})+| ?(?:${KNOWN}\\p{N})+` +
    `| ?(?:[^\\p{White_Space}\\p{L}\\p{N}]|[${LETTERS_UNKNOWN_TO_BYTE_LEVEL}])+` +
    '|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+',
  'gu',
);

/** The words of a text for byte-level BPE, each byte written as one printable character (tokenizers, `pre_tokenizers/byte_level.rs`). */
export function byteLevelWords(options: ByteLevelOptions): (text: string) => string[] {
  const bytesAsCharacters = new ByteLevelPreTokenizer({ type: 'ByteLevel', use_regex: false });
  return (text) => {
    const prefixed = options.add_prefix_space && !text.startsWith(' ') ? ` ${text}` : text;
    const words = options.use_regex ? (prefixed.match(WORD) ?? []) : [prefixed];
    return words.flatMap((word) => bytesAsCharacters.pre_tokenize_text(word));
  };
}
