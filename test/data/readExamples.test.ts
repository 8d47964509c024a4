import { describe, expect, test } from 'vitest';
import { type ColumnOptions, readExamples } from '../../shared/data/readExamples.ts';
import { parseScoreMap } from '../../shared/data/parseScoreMap.ts';
import { readTexts } from '../../shared/data/readTexts.ts';
import { memorySource } from '../support/memorySource.ts';

/** Reads a file of the given name and content in chunks of one byte, so that every border is crossed. */
async function read(name: string, content: string | Uint8Array, options?: ColumnOptions) {
  return (await readExamples(memorySource(name, content, 1), options)).examples;
}

/** The message of the `input` error that reading ends with. */
async function refusal(name: string, content: string | Uint8Array, options?: ColumnOptions): Promise<string> {
  let message = 'nothing was refused';
  await read(name, content, options).catch((error: unknown) => {
    expect(error).toMatchObject({ name: 'DarseError', code: 'input' });
    message = error instanceof Error ? error.message : '';
  });
  return message;
}

describe('CSV and TSV', () => {
  test('reads texts, scores and ids by their columns, wherever these stand', async () => {
    expect(await read('a.csv', 'id,notes,score,text\nx,,0.5,fine\ny,!,-0.75,bad\n')).toEqual([
      { id: 'x', text: 'fine', score: 0.5, label: 3 },
      { id: 'y', text: 'bad', score: -0.75, label: 0 },
    ]);
  });

  test('numbers the data rows where there are no ids', async () => {
    const examples = await read('a.csv', 'text,score\na,0\n\nb,1\n');
    expect(examples.map(({ id }) => id)).toEqual(['1', '2']);
  });

  test('takes the columns that the options name', async () => {
    const options = { textColumn: 'Title', scoreColumn: 'tone', idColumn: 'key' };
    expect(await read('a.csv', 'key,Title,tone,text,score,id\nk,t,1,no,no,no\n', options)).toEqual([
      { id: 'k', text: 't', score: 1, label: 4 },
    ]);
  });

  test('keeps commas, quotes, line ends and outer white space of a quoted text', async () => {
    const [example] = await read('a.csv', 'text,score\r\n" He said ""up,\r\nthen down"" ",0\r\n');
    expect(example?.text).toBe(' He said "up,\r\nthen down" ');
  });

  test.each([
    ['LF', '\n', '\n'],
    ['CRLF', '\r\n', '\r\n'],
    ['both mixed', '\r\n', '\n'],
    ['CR', '\r', '\r'],
  ])('reads lines that end with %s', async (_, first, second) => {
    const content = `\ufeff"score",text${first}0.5,a${second}1,"b, c"${first}"-1",d${second}`;
    expect((await read('a.csv', content)).map(({ text, score }) => [text, score])).toEqual([
      ['a', 0.5],
      ['b, c', 1],
      ['d', -1],
    ]);
  });

  test('reads a last line without its end', async () => {
    expect(await read('a.csv', 'text,score\na,0\n"b","1"')).toHaveLength(2);
  });

  test('reads TSV, where a comma is text', async () => {
    expect(await read('a.TSV', 'text\tscore\na, b\t1\n')).toEqual([{ id: '1', text: 'a, b', score: 1, label: 4 }]);
  });

  test('reads what a column called __proto__ or toString holds, and is not changed by it', async () => {
    const content = '__proto__,text,toString,score\npolluted,a,0.5,1\n';
    expect(await read('a.csv', content, { scoreColumn: 'toString', idColumn: '__proto__' })).toEqual([
      { id: 'polluted', text: 'a', score: 0.5, label: 3 },
    ]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('reports every kind of bad row at once, by the line that an editor shows', async () => {
    const rows = [
      'id,text,score', // line 1
      'a,fine,0.5',
      'b,,0.5',
      '', // skipped, yet counted
      'c,"two', // a good row on lines 5 and 6
      'lines",1',
      'd,text,1.5',
      'e,text,nan',
      'f,text',
      'g,text,0,extra',
      'alone',
      'a,again,0',
      ',text,',
      'h,"a "quote" astray",0',
    ];
    expect(await refusal('bad.csv', rows.join('\n'))).toBe(
      [
        'bad.csv: 10 problems in 11 rows',
        '  - line 3: the text is missing',
        '  - line 7: score "1.5" is outside [-1, 1]',
        '  - line 8: score "nan" is not a finite number',
        '  - line 9: 2 columns where the header has 3',
        '  - line 10: 4 columns where the header has 3',
        '  - line 11: 1 column where the header has 3',
        '  - line 12: id "a" is already that of line 2',
        '  - line 13: the id is missing',
        '  - line 13: the score is missing',
        '  - line 14: a quoted field goes on after its closing quote: write a quote inside a field twice ("")',
      ].join('\n'),
    );
  });

  test('lists the first problems and counts the others', async () => {
    const message = await refusal('bad.csv', `text,score\n${'text,2\n'.repeat(1000)}`);
    expect(message.split('\n')).toHaveLength(22);
    expect(message).toMatch(/^bad.csv: 1000 problems in 1000 rows\n {2}- line 2: /);
    expect(message).toMatch(/ {2}- line 21: .*\n {2}… and 980 more$/);
  });

  test('says where a quote opens that never closes', async () => {
    const message = await refusal('a.csv', 'text,score\na,0\n"b,0\nc,9\n');
    expect(message).toContain('line 3: a quote opens here that never closes: the rest was not read');
  });

  test('says so of a quote that opens in the header and never closes', async () => {
    expect(await refusal('a.csv', '"text,score\na,0\n')).toBe(
      'a.csv, line 1: a quote opens here that never closes: the rest was not read',
    );
  });

  test.each([
    ['a.csv', ';', 'separate the columns with commas'],
    ['a.csv', '|', 'separate the columns with commas'],
    ['a.csv', '\t', 'pass --format tsv'],
    ['a.tsv', ',', 'pass --format csv'],
  ])('tells what separates the columns of %s instead: %j', async (name, separator, advice) => {
    const content = `text${separator}score\na${separator}0\n`;
    expect(await refusal(name, content)).toContain(`${JSON.stringify(separator)} seems to separate them: ${advice}`);
  });

  test('gives up a row of endless length instead of filling the memory', async () => {
    const source = memorySource('a.csv', `text,score\n"${'x'.repeat(1 << 25)}`, 1 << 20);
    await expect(readExamples(source)).rejects.toThrow(/line 2: this row has over \d+ characters: is a closing quote/);
  });

  test('reports the lines that are not UTF-8 beside the other problems', async () => {
    const content = new Uint8Array([...new TextEncoder().encode('text,score\ncaf'), 0xe9, ...Buffer.from(',0\na,7\n')]);
    expect(await refusal('latin.csv', content)).toBe(
      [
        'latin.csv: 2 problems in 2 rows',
        '  - line 2: byte 0xE9 at offset 14 is not UTF-8: save the file as UTF-8',
        '  - line 3: score "7" is outside [-1, 1]',
      ].join('\n'),
    );
  });

  test.each([
    ['', 'a.csv is empty'],
    ['\n\n', 'a.csv has no data rows'],
    ['text,score\n', 'a.csv has no data rows'],
  ])('refuses a file without rows: %j', async (content, message) => {
    expect(await refusal('a.csv', content)).toBe(message);
  });

  test('names all missing and ambiguous columns with those found, and what to pass for classes', async () => {
    expect(await refusal('a.csv', 'headline,Sentiment,id,id\na,good,1,1\n')).toBe(
      [
        'a.csv has the columns "headline", "Sentiment", "id", "id"',
        '  - there is no column "text": name the right one with --text-column',
        '  - there are 2 columns "id"',
        '  - there is no column "score": name the right one with --score-column, or for classes pass --class-column Sentiment --score-map "negative=-1,neutral=0,positive=1"',
      ].join('\n'),
    );
  });
});

describe('JSON lines', () => {
  test('reads one object a line, with blank lines, CRLF and numbers as ids', async () => {
    const content = '\ufeff{"text": "a\\nb", "score": 0.5, "id": 7}\r\n\r\n{"id": "8", "score": "-1", "text": "c"}';
    expect(await read('a.jsonl', content)).toEqual([
      { id: '7', text: 'a\nb', score: 0.5, label: 3 },
      { id: '8', text: 'c', score: -1, label: 0 },
    ]);
  });

  test('never reads what an object inherits', async () => {
    const message = await refusal('a.jsonl', '{"text": "a", "score": 0, "toString": "x"}\n{"text": "b", "score": 0}', {
      idColumn: 'toString',
    });
    expect(message).toContain('line 2: the id is missing');
    const content = '{"__proto__": "x", "text": "a", "score": 1}';
    expect(await read('a.jsonl', content, { idColumn: '__proto__' })).toEqual([
      { id: 'x', text: 'a', score: 1, label: 4 },
    ]);
  });

  test('reports every kind of bad line at once', async () => {
    const lines = [
      '{"score": 0}',
      '{"text": 5, "score": "0,5"}',
      '{"text": null, "score": true}',
      '',
      '{"text": "a", "score": NaN}',
      '["a", 0]',
      '"text"',
      '{"text": "a", "score": 2}',
    ];
    const source = memorySource('a.jsonl', lines.join('\n'));
    await expect(readExamples(source)).rejects.toThrow(
      [
        'a.jsonl: 9 problems in 7 rows',
        '  - line 1: the text is missing',
        '  - line 2: the text is 5, not a text',
        '  - line 2: score "0,5" is not a finite number: write a decimal point',
        '  - line 3: the text is missing',
        '  - line 3: score true is not a finite number',
        '  - line 5: not a JSON object: JSON has no NaN, leave out what is not known',
        '  - line 6: not a JSON object',
        '  - line 7: not a JSON object',
        '  - line 8: score 2 is outside [-1, 1]',
      ].join('\n'),
    );
  });

  test('gives up a line of endless length and reads on behind it', async () => {
    const content = `{"text": "a", "score": 0}\n{"text": "${'x'.repeat(1 << 25)}"}\n{"text": "b", "score": 3}`;
    await expect(readExamples(memorySource('a.jsonl', content, 1 << 20))).rejects.toThrow(
      /2 problems in 3 rows\n {2}- line 2: over \d+ characters\n {2}- line 3: score 3/,
    );
  });

  test('tells an empty file of any format', async () => {
    for (const name of ['a.csv', 'a.tsv', 'a.jsonl', 'a.parquet']) {
      expect(await refusal(name, '')).toBe(`${name} is empty`);
    }
  });

  test('names the flag that says the format of a file whose name does not', async () => {
    await expect(readExamples(memorySource('a.txt', 'text,score\n'))).rejects.toThrow(
      /, or name its format with --format$/,
    );
  });

  test('tells a JSON array from JSON lines', async () => {
    expect(await refusal('a.jsonl', '[\n{"text": "a", "score": 0}\n]')).toContain('a.jsonl holds a JSON array');
  });
});

describe('classes', () => {
  test('takes the label from a class column beside the scores, by number or name in any case', async () => {
    const content = 'text,score,tone\na,1,0\nb,0,Strong_Positive\nc,0, neutral \n';
    expect((await read('a.csv', content, { classColumn: 'tone' })).map(({ label }) => label)).toEqual([0, 4, 2]);
  });

  test('reports classes that are none', async () => {
    const message = await refusal('a.csv', 'text,score,tone\na,0,5\nb,9,good\nc,0,\n', { classColumn: 'tone' });
    const names = 'strong negative, negative, neutral, positive, strong positive';
    expect(message).toBe(
      [
        'a.csv: 4 problems in 3 rows',
        `  - line 2: class "5" is neither 0 … 4 nor one of ${names}`,
        '  - line 3: score "9" is outside [-1, 1]',
        `  - line 3: class "good" is neither 0 … 4 nor one of ${names}`,
        '  - line 4: the class is missing',
      ].join('\n'),
    );
  });

  test('makes scores of classes by the score map, also where there is a score column', async () => {
    const scoreMap = new Map([
      ['BAD', -1],
      ['so so', 0],
      ['1', 0.3],
    ]);
    const content =
      '{"text": "a", "tone": "bad", "score": 9}\n{"text": "b", "tone": "So-so"}\n{"text": "c", "tone": 1}';
    expect(await read('a.jsonl', content, { classColumn: 'tone', scoreMap })).toEqual([
      { id: '1', text: 'a', score: -1, label: 0 },
      { id: '2', text: 'b', score: 0, label: 2 },
      { id: '3', text: 'c', score: 0.3, label: 3 },
    ]);
  });

  test('names each class without a score once, with its rows, beside the other problems', async () => {
    const content = 'text,tone\na,good\n,bad\nc,good\nd,ugly\n';
    const options = { classColumn: 'tone', scoreMap: parseScoreMap('bad=-1') };
    expect(await refusal('a.csv', content, options)).toBe(
      [
        'a.csv: 3 problems in 4 rows',
        '  - line 3: the text is missing',
        '  - class "good" (rows: 2) has no score: add "good=…" to --score-map',
        '  - class "ugly" (rows: 1) has no score: add "ugly=…" to --score-map',
      ].join('\n'),
    );
  });

  test('lists the classes of data without scores when no score map is given', async () => {
    const message = await refusal('a.csv', 'text,tone\na,good\nb,bad\n', { classColumn: 'tone' });
    expect(message).toContain('add "good=…" to --score-map');
    expect(message).toContain('add "bad=…" to --score-map');
  });

  test.each<[ColumnOptions]>([
    [{ scoreMap: new Map() }],
    [{ scoreMap: new Map(), classColumn: 'tone', scoreColumn: 'score' }],
  ])('refuses options that contradict one another: %o', async (options) => {
    await expect(read('a.csv', 'text,score,tone\na,0,b\n', options)).rejects.toMatchObject({ code: 'usage' });
  });
});

async function hashOf(name: string, content: string, chunkBytes?: number): Promise<string> {
  return (await readExamples(memorySource(name, content, chunkBytes))).hash;
}

describe('the data hash', () => {
  const rows = [
    ['x', 'naïve, "quoted"\nlines', '0.5'],
    ['y', 'b', '-1'],
  ] as const;
  const csv = `id,text,score\n${rows.map(([id, text, score]) => `${id},"${text.replaceAll('"', '""')}",${score}`).join('\n')}`;
  test('is the same in every format, column order and chunking', async () => {
    const tsv = `score\textra\ttext\tid\n${rows.map(([id, text, score]) => `${score}e0\t-\t"${text.replaceAll('"', '""')}"\t${id}`).join('\n')}`;
    const jsonl = rows.map(([id, text, score]) => JSON.stringify({ score: Number(score), id, text })).join('\n');
    const hash = await hashOf('a.csv', csv);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf('b.csv', csv, 1)).toBe(hash);
    expect(await hashOf('b.tsv', tsv)).toBe(hash);
    expect(await hashOf('b.jsonl', jsonl)).toBe(hash);
  });

  test.each([
    ['a text', csv.replace('naïve', 'naive')],
    ['a score', csv.replace('0.5', '0.51')],
    ['an id', csv.replace('x,', 'z,')],
    ['a row', csv.slice(0, csv.lastIndexOf('\n'))],
  ])('changes with %s', async (_, changed) => {
    expect(await hashOf('a.csv', changed)).not.toBe(await hashOf('a.csv', csv));
  });
});

describe('texts without labels', () => {
  test('needs no score, and takes rows with bad ones', async () => {
    const texts = await readTexts(memorySource('a.csv', 'text,score\na,nan\n"b\nc",\n'));
    expect(texts).toEqual([
      { id: '1', text: 'a' },
      { id: '2', text: 'b\nc' },
    ]);
  });

  test('reports missing texts and repeated ids', async () => {
    const source = memorySource('a.jsonl', '{"id": 1, "text": "a"}\n{"id": "1", "text": " "}');
    await expect(readTexts(source)).rejects.toThrow(
      'a.jsonl: 2 problems in 2 rows\n  - line 2: the text is missing\n  - line 2: id "1" is already that of line 1',
    );
  });
});

describe('the format', () => {
  test('is told by the options before the name', async () => {
    expect(await read('a.txt', 'text\tscore\na\t0\n', { format: 'tsv' })).toHaveLength(1);
  });

  test('of an unknown name is a usage error that lists the known ones', async () => {
    const reading = read('folder.csv/data', 'text,score\na,0\n');
    await expect(reading).rejects.toMatchObject({ code: 'usage' });
    await expect(reading).rejects.toThrow('.csv, .tsv, .tab, .jsonl, .ndjson, .parquet');
  });
});
