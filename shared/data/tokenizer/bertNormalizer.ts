import { MARKS_DROPPED_BY_BERT, MARKS_KEPT_BY_BERT } from './unicodeDifferences.ts';

/** The section `normalizer` of a BERT tokenizer.json. */
export interface BertNormalizerOptions {
  /** Drop control characters, turn every white space into a plain space. */
  readonly clean_text: boolean;
  /** Put spaces around ideographs, so that each becomes a word. */
  readonly handle_chinese_chars: boolean;
  /** `null`: as `lowercase` says. */
  readonly strip_accents: boolean | null;
  readonly lowercase: boolean;
}

const DROPPED = new RegExp(`[\\0\\ufffd]|(?![\\t\\n\\r${MARKS_KEPT_BY_BERT}])[\\p{Cc}\\p{Cf}\\p{Co}]`, 'gu');
const WHITE_SPACE = /\p{White_Space}/gu;
const IDEOGRAPH =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const ACCENT = new RegExp(`(?![${MARKS_KEPT_BY_BERT}])[\\p{Mn}${MARKS_DROPPED_BY_BERT}]`, 'gu');

/**
 * A text as BERT's WordPiece sees it, in the order of the original (tokenizers, `normalizers/bert.rs`). The JavaScript library's own
 * normaliser differs: it lower-cases a final sigma by context and misses ideographs beyond U+FFFF.
 */
export function bertNormalizer(options: BertNormalizerOptions): (text: string) => string {
  const stripAccents = options.strip_accents ?? options.lowercase;
  return (text) => {
    let result = text;
    if (options.clean_text) result = result.replace(DROPPED, '').replace(WHITE_SPACE, ' ');
    if (options.handle_chinese_chars) result = result.replace(IDEOGRAPH, ' $& ');
    if (stripAccents) result = result.normalize('NFD').replace(ACCENT, '');
    // The original lower-cases letter by letter; sigma is the only letter whose lower case depends on its neighbours.
    if (options.lowercase) result = result.replaceAll('Σ', 'σ').toLowerCase();
    return result;
  };
}
