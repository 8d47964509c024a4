/** An entry of `added_tokens` in tokenizer.json: a string that is one token wherever a text contains it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where no letter, digit or underscore stands right beside it. */
  readonly single_word: boolean;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  /** Takes the white space after it. */
  readonly rstrip: boolean;
  /** Looked for in the normalised text. */
  readonly normalized: boolean;
  /** A token of the model's own, such as `</s>`, rather than a word added to the vocabulary. */
  readonly special: boolean;
}

/** A stretch of a text: an added token, or ordinary text. */
export type Section = { readonly id: number } | { readonly text: string };

const WORD_CHARACTER = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
const ENDS_WITH_WORD = new RegExp(`${WORD_CHARACTER}$`, 'u');
const STARTS_WITH_WORD = new RegExp(`^${WORD_CHARACTER}`, 'u');

/**
 * A text cut at the tokens, the longest first where several begin at one place; ordinary stretches are never empty
 * (tokenizers, `added_vocabulary.rs`). `contents` holds the string to look for, per token.
 */
export function addedTokenSplitter(
  tokens: readonly AddedToken[],
  contents: readonly string[],
): (text: string) => Section[] {
  const byContent = new Map(contents.map((content, i) => [content, tokens[i]]));
  const alternatives = [...byContent.keys()].filter((content) => content !== '').sort((a, b) => b.length - a.length);
  if (alternatives.length === 0) return (text) => (text === '' ? [] : [{ text }]);
  const pattern = new RegExp(alternatives.map(escaped).join('|'), 'gu');
  return (text) => {
    const sections: Section[] = [];
    let taken = 0;
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0]);
      if (token === undefined) continue;
      const before = text.slice(taken, match.index);
      const after = text.slice(match.index + match[0].length);
      if (token.single_word && (ENDS_WITH_WORD.test(text.slice(0, match.index)) || STARTS_WITH_WORD.test(after)))
        continue;
      const kept = token.lstrip ? withoutTrailingSpace(before) : before;
      if (kept !== '') sections.push({ text: kept });
      sections.push({ id: token.id });
      taken = match.index + match[0].length;
      if (token.rstrip) taken += after.length - after.replace(/^\p{White_Space}+/u, '').length;
    }
    if (taken < text.length) sections.push({ text: text.slice(taken) });
    return sections;
  };
}

function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function escaped(content: string): string {
  return content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
