import type { ChartDocument, ChartFigure } from './chartFigure.ts';
import { html, type Html } from './html.ts';
import { tableHtml } from './table.ts';

/** A chart in a page: title, summary, the drawing, and the same numbers as a table to open. */
export function figureHtml(figure: ChartFigure, document: ChartDocument): Html {
  const { id, title, summary, key = [], table, isWide = false } = figure;
  return html`<figure id="${id}"${isWide ? html` class="is-wide"` : null}>
<figcaption><h3 id="${id}-title">${title}</h3><p id="${id}-summary">${summary}</p></figcaption>
${drawing(figure, document)}${
  key.length === 0 || !figure.draw
    ? null
    : html`<ul class="key">${key.map(({ symbol, colour, meaning }) => html`<li><span style="color:${colour}" aria-hidden="true">${symbol}</span> ${meaning}</li>`)}</ul>
`
}${
  table.rows.length === 0
    ? null
    : html`<details><summary>The numbers as a table</summary>${tableHtml(table, title)}</details>
`
}</figure>
`;
}

function drawing({ id, draw, isWide }: ChartFigure, document: ChartDocument): Html | null {
  if (draw === null) return null;
  const element = draw(document);
  element.setAttribute('role', 'img');
  element.setAttribute('aria-labelledby', `${id}-title`);
  element.setAttribute('aria-describedby', `${id}-summary`);
  return html`<div class="plot"${isWide ? html` tabindex="0"` : null}>${{ markup: element.outerHTML }}</div>
`;
}
