import { expect, test } from 'vitest';
import { studyMarkdown } from '../../../shared/export/report/studyMarkdown.ts';
import { SMALL_STUDY, studyReportOf } from '../../support/studyJournals.ts';

test('begins with the verdict and says every chart in words', () => {
  const report = studyReportOf(SMALL_STUDY);
  const { sentence, cheaper } = report.summary.verdict;
  const lines = studyMarkdown(report).split('\n');
  expect(lines[0]).toBe(`# ${sentence}`);
  expect(lines[2]).toBe(cheaper?.sentence);
  for (const title of ['Where the best vector puts its ranks', 'What a lower error costs', 'When each training ran']) {
    expect(lines[lines.indexOf(`### ${title}`) + 2], title).toMatch(/\w/);
  }
});

test('texts of the data stay in their cells and act as no markup', () => {
  const text = '| <b>x</b> `code` [link](http://x) \n# heading';
  const lines = studyMarkdown(studyReportOf({ ...SMALL_STUDY, worst: ['row 7'] }, () => text)).split('\n');
  const row = lines.find((line) => line.startsWith('| row 7 '));
  expect(row).toContain('\\| \\<b\\>x\\</b\\> \\`code\\` \\[link\\](http://x) \\# heading |');
  expect(lines.filter((line) => line.startsWith('# ')).length).toBe(1);
});
