import type { StudySummary } from '../../../search/summariseStudy.ts';
import { html, type Html } from '../html.ts';
import { keyFacts } from '../keyFacts.ts';
import { studySentence } from '../studySentence.ts';
import type { StudyReport } from '../studyReport.ts';

/** The verdict in words, first of all, and the few numbers that go with it. */
export function verdictCard(report: StudyReport): Html {
  return card(report, html`<h1>${report.summary.verdict.sentence}</h1>`);
}

/** The same of one study among several, under its name. */
export function namedVerdictCard(name: string, report: StudyReport): Html {
  return card(report, html`<p class="eyebrow">${name}</p><h2>${report.summary.verdict.sentence}</h2>`);
}

function card(report: StudyReport, first: Html): Html {
  const { journal, summary } = report;
  const { cheaper } = summary.verdict;
  const { kind, badge } = standing(summary);
  return html`<section class="verdict is-${kind}">
${first}
${
  cheaper &&
  html`<p class="answer">${cheaper.sentence}</p>
`
}<p class="badge">${badge}</p>
<p class="about">${studySentence(journal, summary)}</p>
<dl class="facts">${keyFacts(report).map(
    ({ name, value, beside }) => html`<div><dt>${name}</dt><dd>${value}<small>${beside}</small></dd></div>
`,
  )}</dl>
</section>
`;
}

/** How far the claim "better than uniform" stands. */
function standing({ verdict }: StudySummary): {
  readonly kind: 'shown' | 'not-shown' | 'open';
  readonly badge: string;
} {
  const { comparison } = verdict;
  if (comparison === 'not ended') return { kind: 'open', badge: '… Not confirmed yet' };
  if (comparison === null || typeof comparison === 'string') return { kind: 'open', badge: '○ No claim' };
  return comparison.isClaimed
    ? { kind: 'shown', badge: '✓ Shown on fresh seeds and test rows' }
    : { kind: 'not-shown', badge: '✗ Not shown' };
}
