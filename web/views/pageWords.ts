/** What the page calls what messages call by flags of the command line. */
const WORDS: readonly (readonly [flag: string, words: string])[] = [
  ['--text-column', '“Column of the texts”'],
  ['--score-column', '“Column of the scores”'],
  ['--class-column', '“Column of the classes”'],
  ['--score-map', '“Scores of the classes”'],
  ['--max-tokens', 'maxTokens in the address'],
];

/** A message of the shared code in the page's own words. */
export function pageWords(message: string): string {
  return WORDS.reduce((text, [flag, words]) => text.replaceAll(flag, words), message);
}
