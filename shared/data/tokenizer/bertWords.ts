import { PUNCTUATION_OF_BERT_ONLY, PUNCTUATION_UNKNOWN_TO_BERT } from './unicodeDifferences.ts';

const PUNCTUATION = `(?:(?![${PUNCTUATION_UNKNOWN_TO_BERT}])[\\p{P}!-\\/:-@\\[-\`\\{-~${PUNCTUATION_OF_BERT_ONLY}])`;
const WORD_OR_MARK = new RegExp(`${PUNCTUATION}|(?:(?!${PUNCTUATION})\\P{White_Space})+`, 'gu');

/** The words of a text for WordPiece: split at white space, every punctuation mark by itself (tokenizers, `pre_tokenizers/bert.rs`). */
export function bertWords(text: string): string[] {
  return text.match(WORD_OR_MARK) ?? [];
}
