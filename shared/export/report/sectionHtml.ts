import type { ChartDocument } from './chartFigure.ts';
import { figureHtml } from './figureHtml.ts';
import { html, type Html } from './html.ts';
import type { ReportBlock, ReportSection } from './reportSection.ts';
import { tableHtml } from './table.ts';

/** A part of a report as cards under a heading. */
export function sectionHtml({ title, lead, blocks }: ReportSection, document: ChartDocument): Html {
  return html`<section>
<h2>${title}</h2>
<p class="lead">${lead}</p>
<div class="grid">
${blocks.map((block) => blockHtml(block, document))}</div>
</section>
`;
}

function blockHtml(block: ReportBlock, document: ChartDocument): Html {
  switch (block.kind) {
    case 'figure':
      return figureHtml(block.figure, document);
    case 'table': {
      const { title, text, table, isWide, isFolded } = block;
      const rows = tableHtml(table, title);
      return html`<div class="card is-long${isWide ? ' is-wide' : ''}${isFolded ? ' is-folded' : ''}"><h3>${title}</h3><p>${text}</p>
${isFolded ? html`<details><summary>Show</summary>${rows}</details>` : rows}</div>
`;
    }
    case 'text': {
      const { title, text, code } = block;
      return html`<div class="card is-wide"><h3>${title}</h3><p>${text}</p>${code === undefined ? null : html`<pre><code>${code}</code></pre>`}</div>
`;
    }
    default:
      throw new RangeError(`unknown block ${JSON.stringify(block satisfies never)}`);
  }
}
