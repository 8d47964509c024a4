/** Markup that may stand in a page as it is: made by `html` alone, or by a serialiser of a document. */
export interface Html {
  readonly markup: string;
}

type HtmlPart = Html | readonly Html[] | string | number | null;

/** Markup from a template: what is put into it is text, whatever it holds, unless it is `Html` itself; null is nothing. */
export function html(template: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const pieces = template.map((piece, i) => `${piece}${shown(parts[i] ?? null)}`);
  return { markup: pieces.join('') };
}

function shown(part: HtmlPart): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return htmlText(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. Characters that HTML forbids become U+FFFD. */
function htmlText(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
