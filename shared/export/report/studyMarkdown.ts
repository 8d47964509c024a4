import { markdownText } from '../escapeText.ts';
import { keyFacts } from './keyFacts.ts';
import type { ReportBlock, ReportSection } from './reportSection.ts';
import { type StudyReport, studySections } from './studyReport.ts';
import { studySentence } from './studySentence.ts';
import { tableMarkdown } from './table.ts';

/** The report of a study as Markdown: the same as its page, with words and tables for charts. */
export function studyMarkdown(report: StudyReport): string {
  const { journal, summary } = report;
  const { sentence, cheaper } = summary.verdict;
  const facts = keyFacts(report).map(
    ({ name, value, beside }) => `- ${name}: **${markdownText(value)}** (${markdownText(beside)})`,
  );
  return `${[
    `# ${markdownText(sentence)}`,
    ...(cheaper ? [markdownText(cheaper.sentence)] : []),
    markdownText(studySentence(journal, summary)),
    facts.join('\n'),
    ...studySections(report).map(sectionMarkdown),
  ].join('\n\n')}\n`;
}

function sectionMarkdown({ title, lead, blocks }: ReportSection): string {
  return [`## ${markdownText(title)}`, markdownText(lead), ...blocks.flatMap(blockMarkdown)].join('\n\n');
}

function blockMarkdown(block: ReportBlock): string[] {
  switch (block.kind) {
    case 'figure': {
      const { title, summary, table, isRepeated } = block.figure;
      const rows = isRepeated || table.rows.length === 0 ? [] : [tableMarkdown(table)];
      return [`### ${markdownText(title)}`, markdownText(summary), ...rows];
    }
    case 'table':
      return [`### ${markdownText(block.title)}`, markdownText(block.text), tableMarkdown(block.table)];
    case 'text': {
      const { title, text, code } = block;
      return [`### ${markdownText(title)}`, markdownText(text), ...(code === undefined ? [] : [codeMarkdown(code)])];
    }
    default:
      throw new RangeError(`unknown block ${JSON.stringify(block satisfies never)}`);
  }
}

/** Code within a fence longer than any run of backticks in it. */
function codeMarkdown(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${code}\n${fence}`;
}
