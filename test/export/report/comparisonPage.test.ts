import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { reportDocument } from '../../../node/study/reportDocument.ts';
import { comparisonPage } from '../../../shared/export/report/comparisonPage.ts';
import { type MadeUpStudy, SMALL_STUDY, studyReportOf } from '../../support/studyJournals.ts';

const { confirmed: _confirmed, ...UNCONFIRMED } = SMALL_STUDY;

function pageOf(studies: Readonly<Record<string, MadeUpStudy>>) {
  const named = Object.entries(studies).map(([name, study]) => ({ name, report: studyReportOf(study) }));
  return parseHTML(comparisonPage(named, reportDocument())).document;
}

test('shows the verdict, the front and every training of each study', () => {
  const document = pageOf({ first: SMALL_STUDY, '<b>second</b>': UNCONFIRMED });
  const verdicts = [...document.querySelectorAll('.verdict h2')].map((heading) => heading.textContent);
  expect(verdicts).toEqual([
    studyReportOf(SMALL_STUDY).summary.verdict.sentence,
    'no claim is possible yet: the confirmation on fresh seeds has not ended',
  ]);
  const front = [...document.querySelectorAll('#fronts tbody tr')].map((row) => row.textContent);
  // 1,536 parameters a rank: 8@8@8 costs as much as 4@4@16 and 8@4@8 as much as 4@8@8, and both do worse.
  const expected = ['4@4@418,4320.5000', '4@8@424,5760.4800', '4@8@830,7200.4500', '4@4@1636,8640.4200'];
  expect(front).toEqual([...expected.map((row) => `first${row}`), ...expected.map((row) => `<b>second</b>${row}`)]);
  expect(document.querySelectorAll('b').length).toBe(0);
  expect(document.querySelectorAll('details table').length).toBe(3);
});

test('says whether scores may be held against each other', () => {
  const words = (second: MadeUpStudy) => pageOf({ a: SMALL_STUDY, b: second }).body.textContent;
  expect(words(UNCONFIRMED)).toContain('The studies share data, split, backbone and seed');
  expect(words({ ...SMALL_STUDY, settings: { seed: 3 } })).toContain('the studies differ in their seeds');
});
