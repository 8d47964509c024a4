import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { reportDocument } from '../../../node/study/reportDocument.ts';
import { studyMarkdown } from '../../../shared/export/report/studyMarkdown.ts';
import { studyPage } from '../../../shared/export/report/studyPage.ts';
import { type MadeUpStudy, SMALL_STUDY, studyReportOf } from '../../support/studyJournals.ts';

const HOSTILE = `</script></title></style>"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\u0000\ud800=cmd()|x|`;

function pageOf(study: MadeUpStudy, ...more: [textOf?: (id: string) => string | undefined, damage?: string[]]) {
  const text = studyPage(studyReportOf(study, ...more), reportDocument());
  return { text, document: parseHTML(text).document };
}

describe('the page of a study', () => {
  test('begins with the verdict, then says what holds of the cheaper vector', () => {
    const { summary } = studyReportOf(SMALL_STUDY);
    const { document } = pageOf(SMALL_STUDY);
    const words = [...document.querySelectorAll('main *')].filter((element) => element.children.length === 0);
    expect(summary.verdict.sentence).toMatch(/^4@4@16 beats uniform 8 by/);
    expect(words[0]?.textContent).toBe(summary.verdict.sentence);
    expect(words[1]?.textContent).toBe(summary.verdict.cheaper?.sentence);
    expect(studyMarkdown(studyReportOf(SMALL_STUDY)).split('\n')[0]).toBe(`# ${summary.verdict.sentence}`);
  });

  test('gives every chart a name, a summary and its numbers as a table', () => {
    const { document } = pageOf(SMALL_STUDY);
    const figures = [...document.querySelectorAll('figure')];
    expect(figures.map(({ id }) => id)).toEqual([
      'ranks',
      'intervals',
      'history',
      'pareto',
      'effects',
      'curves',
      'vectors',
      'confusion',
      'timeline',
    ]);
    for (const figure of figures) {
      const chart = figure.querySelector('svg');
      expect(chart?.getAttribute('role')).toBe('img');
      for (const name of ['aria-labelledby', 'aria-describedby']) {
        expect(document.getElementById(chart?.getAttribute(name) ?? '')?.textContent, `${figure.id} ${name}`).toMatch(
          /\w/,
        );
      }
      expect(figure.querySelectorAll('details tbody tr').length, `${figure.id} table`).toBeGreaterThan(0);
    }
  });

  test('needs nothing beside itself and runs nothing', () => {
    const { text, document } = pageOf(SMALL_STUDY);
    expect(document.querySelectorAll('script, link, iframe, object, embed, img, base, form').length).toBe(0);
    expect(text.match(/.{0,40}(?:https?:|\/\/[a-z]|@import|url\((?!#)|javascript:|\son\w+=).{0,20}/gi) ?? []).toEqual(
      [],
    );
    const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content');
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });

  test('comes out the same to the byte each time', () => {
    expect(pageOf(SMALL_STUDY).text).toBe(pageOf(SMALL_STUDY).text);
  });

  test('shows hostile texts as text, wherever they come from', () => {
    const study = { ...SMALL_STUDY, dataName: HOSTILE, message: HOSTILE, worst: [HOSTILE] };
    const { document } = pageOf(study, () => HOSTILE, [HOSTILE]);
    expect(document.querySelectorAll('script, img').length).toBe(0);
    expect(
      [...document.querySelectorAll('*')].flatMap((element) =>
        [...element.attributes].filter(({ name }) => name.startsWith('on')),
      ),
    ).toEqual([]);
    const shown = HOSTILE.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd');
    expect(document.querySelector('title')?.textContent).toContain(shown);
    const cells = [...document.querySelectorAll('td, th')].map((cell) => cell.textContent);
    expect(cells.filter((cell) => cell.includes(shown)).length).toBeGreaterThanOrEqual(4);
  });

  test('names worst rows by id alone where texts are not at hand', () => {
    const heads = (textOf?: (id: string) => string) =>
      [...pageOf(SMALL_STUDY, textOf).document.querySelectorAll('.card')]
        .find((card) => card.textContent.includes('misses by most'))
        ?.querySelectorAll('thead th').length;
    expect(heads()).toBe(5);
    expect(heads((id) => `text of ${id}`)).toBe(6);
  });

  test('counts looks at test rows, and gives the command that does the study again', () => {
    const { document } = pageOf({ ...SMALL_STUDY, dataName: "it's here.csv" });
    const rows = [...document.querySelectorAll('tr')].map((row) => row.textContent);
    expect(rows).toContain('looks at test rows18');
    expect(document.querySelector('code')?.textContent).toBe(
      [
        'npx darse search',
        '--strategy random',
        '--allowed 4,8,16',
        '--groups layers',
        "--data 'it'\\''s here.csv'",
        '--out again',
      ].join(' \\\n  '),
    );
  });
});

describe('the page of an unusual study', () => {
  const { confirmed: _confirmed, ...UNCONFIRMED } = SMALL_STUDY;
  const { budget: _budget, ...UNLIMITED } = UNCONFIRMED;
  const cases: readonly (readonly [string, MadeUpStudy])[] = [
    ['no trial', { ...UNCONFIRMED, trials: [] }],
    ['no finished trial', { ...UNCONFIRMED, trials: [[[4, 4, 4], null]] }],
    ['one trial', { ...UNCONFIRMED, trials: [[[4, 4, 4], 0.5]] }],
    [
      'one group',
      {
        ...UNCONFIRMED,
        layers: 1,
        trials: [
          [[4], 0.5],
          [[8], 0.4],
          [[16], 0.3],
        ],
      },
    ],
    ['rank 0 everywhere', { ...UNCONFIRMED, allowed: [0, 4], trials: [[[0, 0, 0], 0.5]] }],
    [
      'equal scores',
      {
        ...UNCONFIRMED,
        trials: [
          [[4, 4, 4], 0.5],
          [[8, 4, 4], 0.5],
          [[4, 8, 4], 0.5],
        ],
      },
    ],
    [
      'a score of 0',
      {
        ...UNCONFIRMED,
        trials: [
          [[4, 4, 4], 0],
          [[8, 4, 4], 0.1],
        ],
      },
    ],
    [
      'huge numbers',
      {
        ...UNCONFIRMED,
        allowed: [1, 65536],
        trials: [
          [[1, 1, 1], 1e300],
          [[65536, 1, 1], 1e-300],
          [[1, 65536, 1], 4e9],
        ],
      },
    ],
    ['no test part', { ...UNCONFIRMED, testRows: 0 }],
    ['no budget', UNLIMITED],
  ];

  test.each(cases)('%s: has a verdict, no NaN, no Infinity and no undefined', (_, study) => {
    const { text, document } = pageOf(study);
    expect(document.querySelector('h1')?.textContent).toMatch(/^no claim is possible/);
    expect(text.match(/.{0,60}(?:NaN|Infinity|undefined).{0,20}/g) ?? []).toEqual([]);
  });

  test('24 layers of 6 kinds of matrix: shows every rank', () => {
    const ranks = (shift: number) => Array.from({ length: 24 }, (_, layer) => [0, 4, 8, 16][(layer + shift) % 4] ?? 0);
    const study: MadeUpStudy = {
      layers: 24,
      targets: ['query', 'key', 'value', 'attention.output', 'intermediate', 'output'],
      allowed: [0, 4, 8, 16],
      trials: Array.from({ length: 40 }, (_, i) => [ranks(i), 0.4 + 0.01 * ((7 * i) % 40)]),
    };
    const { document } = pageOf(study);
    const cells = [...document.querySelectorAll('#ranks tbody td')].map((cell) => cell.textContent);
    expect(cells.length).toBe(24 * 6);
    expect(cells.slice(-6)).toEqual(Array.from({ length: 6 }, () => '0'));
  });

  test('a damaged journal: says what was skipped', () => {
    const { document } = pageOf(SMALL_STUDY, undefined, ['line 7 is skipped: its checksum does not fit']);
    expect(document.body.textContent).toContain('line 7 is skipped: its checksum does not fit');
  });
});
