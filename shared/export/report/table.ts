import { markdownText } from '../escapeText.ts';
import { html, type Html } from './html.ts';

/** A table of texts, for every format of a report. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
}

export interface Column {
  readonly name: string;
  /** Aligned by its digits. */
  readonly isNumber?: boolean;
}

export interface TableRow {
  /** The first names the row. */
  readonly cells: readonly string[];
  /** What sets the row apart from others; also said in its cells. */
  readonly role?: string | null;
}

/** Columns of numbers after some of words. */
export function columns(words: readonly string[], numbers: readonly string[] = []): Column[] {
  return [...words.map((name) => ({ name })), ...numbers.map((name) => ({ name, isNumber: true }))];
}

/** A table for a page; its caption is what a screen reader calls it. */
export function tableHtml({ columns: heads, rows }: Table, caption: string): Html {
  const classOf = (i: number) => (heads[i]?.isNumber ? html` class="number"` : null);
  const headRow = heads.map(({ name }, i) => html`<th scope="col"${classOf(i)}>${name}</th>`);
  const bodyRows = rows.map(({ cells, role }) => {
    const [first = '', ...rest] = cells;
    const others = rest.map((cell, i) => html`<td${classOf(i + 1)} dir="auto">${breakable(cell)}</td>`);
    return html`<tr${role ? html` class="is-${role}"` : null}><th scope="row"${classOf(0)} dir="auto">${breakable(first)}</th>${others}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption class="unseen">${caption}</caption>
<thead><tr>${headRow}</tr></thead>
<tbody>
${bodyRows}</tbody></table></div>`;
}

/** The same as Markdown. */
export function tableMarkdown({ columns: heads, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(heads.map(({ name }) => markdownText(name))),
    line(heads.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
    ...rows.map(({ cells }) => line(cells.map(markdownText))),
  ].join('\n');
}

/** Text that may break inside rank vectors, paths and hashes. */
function breakable(text: string): Html[] {
  return text
    .split(/(?<=[@/])|(?<=[0-9a-f]{16})(?=[0-9a-f]{8})/)
    .map((piece, i) => (i === 0 ? html`${piece}` : html`<wbr>${piece}`));
}
