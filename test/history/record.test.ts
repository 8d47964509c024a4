import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecord, HISTORY_VERSION, type HistoryRecord, parseHistory } from '../../shared/history/record.ts';
import { sha256Hex } from '../../shared/study/sha256.ts';

const RECORDS: readonly HistoryRecord[] = [
  { kind: 'started', totalSteps: 12 },
  { kind: 'step', step: 1, losses: { total: 0.1 + 0.2, regression: 1e-30 } },
  { kind: 'note', text: 'a "quote", a \\ and\nlines\u2028\u2029\u0085 of ünïcode 😀 \ud800' },
  { kind: 'odd', sum: '12345678', nested: [{ sum: 'x' }, null, true] },
];
const TEXT = RECORDS.map((record) => `${formatRecord(record)}\n`).join('');
const READ = RECORDS.map((record) => ({ v: HISTORY_VERSION, ...record }));

/** The text with line `number` (1 for the first) changed. */
function withLine(number: number, change: (line: string) => string): string {
  const lines = TEXT.split('\n');
  return lines.map((line, i) => (i === number - 1 ? change(line) : line)).join('\n');
}

describe('history', () => {
  it('reads back the records it wrote, whatever characters they hold', () => {
    expect(parseHistory(TEXT)).toEqual({ records: READ, problems: [] });
    expect(TEXT.split('\n')).toHaveLength(RECORDS.length + 1);
  });

  it('reads back any plain data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (kind, value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        const { records, problems } = parseHistory(`${formatRecord({ kind, value })}\n`);
        expect(problems).toEqual([]);
        expect(records).toEqual([{ v: HISTORY_VERSION, kind, value: plain }]);
      }),
    );
  });

  it('of nothing is empty', () => {
    expect(parseHistory('')).toEqual({ records: [], problems: [] });
  });

  it('cuts off a torn last line at any place and keeps all before it', () => {
    const lastLine = formatRecord(RECORDS[3] ?? { kind: '' });
    const whole = TEXT.length - lastLine.length - 1;
    for (let kept = 1; kept <= lastLine.length; kept++) {
      const { records, problems } = parseHistory(TEXT.slice(0, whole + kept));
      expect(records).toEqual(READ.slice(0, 3));
      expect(problems).toEqual([`the last line was torn and is cut off (${kept} characters)`]);
    }
  });

  it('skips a damaged line in the middle, names it, and keeps the rest', () => {
    const { records, problems } = parseHistory(withLine(2, (line) => line.slice(0, 20)));
    expect(records).toEqual([READ[0], READ[2], READ[3]]);
    expect(problems).toEqual(['line 2 is skipped: its checksum does not fit']);
  });

  it('notices any changed character of a line', () => {
    const line = TEXT.split('\n')[1] ?? '';
    for (let place = 0; place < line.length; place++) {
      const changed = String.fromCharCode(line.charCodeAt(place) ^ 1);
      const { records, problems } = parseHistory(
        withLine(2, () => line.slice(0, place) + changed + line.slice(place + 1)),
      );
      expect(records, `character ${place}`).toEqual([READ[0], READ[2], READ[3]]);
      expect(problems).toHaveLength(1);
    }
  });

  it('skips an empty line, one of another version, and one without a kind', () => {
    const signed = (body: string) => `${body.slice(0, -1)},"sum":"${sha256Hex(body).slice(0, 8)}"}\n`;
    const text = `\n${signed('{"v":2,"kind":"step"}')}${signed('{"v":1,"step":3}')}${signed('[1]')}${TEXT}`;
    const { records, problems } = parseHistory(text);
    expect(records).toEqual(READ);
    expect(problems).toEqual([
      'line 1 is skipped: its checksum does not fit',
      'line 2 is skipped: it is of another version of DARSE',
      'line 3 is skipped: it has no kind',
      'line 4 is skipped: its checksum does not fit',
    ]);
  });
});
