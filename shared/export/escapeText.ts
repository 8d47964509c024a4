/** A YAML scalar that reads back as this text whatever it holds: double-quoted, on one line, printable characters only. */
export function yamlString(text: string): string {
  return JSON.stringify(withoutLoneSurrogates(text)).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text for a sentence, heading or table cell of a Markdown page: one line, and no character of it acts as markup. */
export function markdownText(text: string): string {
  return withoutLoneSurrogates(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#|~&]/g, '\\$&');
}

function withoutLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
