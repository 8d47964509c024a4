import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse/papaparse.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { csvOf, temporaryFolder, tinyExamples, writeTinyModel } from '../../support/cliFixture.ts';
import { largestDifference } from '../../support/largestDifference.ts';
import { type CliRun, runCli } from '../../support/runCli.ts';

/** Other batches pad and sum in another order; float32 sums of this size differ by some 1e-7. */
const BATCH_TOLERANCE = 1e-5;

const FIXTURES = join(import.meta.dirname, '..', '..', 'data', 'fixtures');
const folder = temporaryFolder();
const examples = tinyExamples(80);

interface Prediction {
  readonly id: string;
  readonly text: string;
  readonly score: number;
  readonly label: number;
  readonly probabilities: readonly number[];
}

beforeAll(async () => {
  writeTinyModel(join(folder, 'model'), 'tiny-bert');
  writeFileSync(join(folder, 'texts.csv'), csvOf(examples));
  const settings = ['--model', 'model', '--epochs', '2', '--lr', '0.01', '--engine', 'onnx', '--quiet'];
  const { code, stderr } = await darse('train', '--data', 'texts.csv', '--out', 'run', ...settings);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

function darse(...args: string[]): Promise<CliRun> {
  return runCli(args, { cwd: folder });
}

async function predictJson(...args: string[]): Promise<Prediction[]> {
  const { code, stdout } = await darse('predict', '--engine', 'onnx', '--json', ...args);
  expect(code).toBe(0);
  return JSON.parse(stdout).predictions;
}

describe('predict', () => {
  const HOSTILE = ['=1+1', '+49 30', '-2 points', '@all', 'a "quoted", word', 'two\nlines', '日本 🚀'];

  test('writes a CSV that spreadsheets and parsers read, with the numbers of --json', async () => {
    writeFileSync(
      join(folder, 'hostile.csv'),
      Papa.unparse({ fields: ['id', 'text'], data: HOSTILE.map((text, i) => [`=${i}`, text]) }),
    );
    const args = ['--adapter', 'run', '--data', 'hostile.csv', '--out', 'predictions.csv'];
    const predicted = await predictJson(...args);
    const csv = readFileSync(join(folder, 'predictions.csv'), 'utf8');
    const { data, errors } = new Papa.Parser({ delimiter: ',', newline: '\r\n' }).parse(csv, 0, true);
    expect(errors).toEqual([]);
    // Cells that would run as formulas are text.
    const cells = HOSTILE.map((text, i) => [`'=${i}`, /^[=+@-]/.test(text) ? `'${text}` : text]);
    const numbers = predicted.map(({ score, label, probabilities }) => [score, label, ...probabilities].map(String));
    expect(data).toEqual([
      ['id', 'text', 'score', 'class', 'p0', 'p1', 'p2', 'p3', 'p4'],
      ...cells.map((row, i) => row.concat(numbers[i] ?? [])),
    ]);
    expect(predicted.map(({ text }) => text)).toEqual(HOSTILE);
  });

  test('gives probabilities that add up to 1, the likeliest of which is the class', async () => {
    for (const { label, probabilities } of await predictJson('--adapter', 'run', '--text', 'good gains', 'bad loss')) {
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(probabilities[label]).toBe(Math.max(...probabilities));
    }
  });

  test('takes the folder of the run or the adapter in it', async () => {
    const texts = ['--text', 'good gains', 'bad loss'];
    expect(await predictJson('--adapter', 'run/adapter', ...texts)).toEqual(
      await predictJson('--adapter', 'run', ...texts),
    );
  });

  test('says the same of a text whatever stands beside it', async () => {
    const alone = await predictJson('--adapter', 'run', '--text', 'good gains today');
    const long = Array.from({ length: 40 }, (_, i) => 'the bank '.repeat(1 + (i % 20)));
    const among = await predictJson('--adapter', 'run', '--text', ...long, 'good gains today');
    expect(among).toHaveLength(41);
    const numbers = (row: Prediction | undefined) => [row?.score ?? Number.NaN].concat(row?.probabilities ?? []);
    expect(largestDifference(numbers(among[40]), numbers(alone[0]))).toBeLessThan(BATCH_TOLERANCE);
  });

  test('tells a person score, class and certainty, and keeps commands to the terminal out', async () => {
    const { code, stdout, stderr } = await darse('predict', '--adapter', 'run', '--text', 'good \u001b[31mgains\nrise');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, line, end] = stdout.split('\n');
    expect(head).toMatch(/^score +class +sure +text$/);
    expect(line).toMatch(/^[+-]\d\.\d\d +(strong )?(negative|neutral|positive) +\d+ % +good \[31mgains rise$/);
    expect(end).toBe('');
  });

  test('does not write over the data it reads', async () => {
    const { code, stderr } = await darse('predict', '--adapter', 'run', '--data', 'texts.csv', '--out', './texts.csv');
    expect(code).toBe(2);
    expect(stderr).toContain('is the file of --data');
    expect(readFileSync(join(folder, 'texts.csv'), 'utf8')).toBe(csvOf(examples));
  });

  test('refuses a backbone that the adapter was not trained on', async () => {
    writeTinyModel(join(folder, 'other'), 'tiny-roberta');
    const { code, stderr } = await darse('predict', '--adapter', 'run', '--model', 'other', '--text', 'good');
    expect(code).toBe(2);
    expect(stderr).toContain('the adapter is for a bert');
  });
});

test('an error inside DARSE is one line and exit code 1; where it was is for DARSE_DEBUG', async () => {
  const broken = "data:text/javascript,Math.exp=()=>{throw%20new%20TypeError('exp%20is%20broken')}";
  const env = { NODE_OPTIONS: `--import=${broken}` };
  const args = ['predict', '--adapter', 'run', '--text', 'good', '--engine', 'onnx', '--json'];
  const plain = await runCli(args, { cwd: folder, env });
  expect(plain.code).toBe(1);
  expect(JSON.parse(plain.stdout)).toMatchObject({ error: { code: 'internal' } });
  expect(plain.stderr).toMatch(/^darse: something went wrong inside DARSE: exp is broken\n.*DARSE_DEBUG=1.*\n$/);
  const debug = await runCli(args, { cwd: folder, env: { ...env, DARSE_DEBUG: '1' } });
  expect(debug.stderr).toMatch(/exp is broken\n +at /);
});

describe('evaluate', () => {
  test('gives the test metrics of the training on the rows of its test part', async () => {
    const { test: ids } = JSON.parse(readFileSync(join(folder, 'run', 'split.json'), 'utf8'));
    writeFileSync(join(folder, 'test.csv'), csvOf(examples.filter(({ id }) => ids.includes(id))));
    const { code, stdout } = await darse(
      'evaluate',
      '--adapter',
      'run',
      '--data',
      'test.csv',
      '--engine',
      'onnx',
      '--json',
    );
    expect(code).toBe(0);
    const { exampleCount, metrics, confusion } = JSON.parse(stdout);
    const { test: told } = JSON.parse(readFileSync(join(folder, 'run', 'result.json'), 'utf8'));
    expect({ exampleCount, confusion }).toEqual({ exampleCount: ids.length, confusion: told.confusion });
    expect(Object.keys(metrics)).toEqual(Object.keys(told.metrics));
    for (const name of Object.keys(metrics)) {
      if (told.metrics[name] === null) expect(metrics[name]).toBeNull();
      else expect(Math.abs(metrics[name] - told.metrics[name]), name).toBeLessThan(BATCH_TOLERANCE);
    }
  });

  test('reads the same content from CSV, TSV, JSONL and Parquet', async () => {
    // The content of good-none.parquet.
    const rows = [
      ['11', '-1.0', 'down'],
      ['12', '-0.25', 'rather down'],
      ['13', '0', 'flat'],
      ['14', '0.5', 'up, a bit'],
      ['9007199254740993', '0.75', 'naïve 日本 🚀'],
    ];
    const fields = ['id', 'score', 'text'];
    writeFileSync(join(folder, 'same.csv'), `\ufeff${Papa.unparse({ fields, data: rows })}`);
    writeFileSync(join(folder, 'same.tsv'), [fields, ...rows].map((cells) => cells.join('\t')).join('\n'));
    const objects = rows.map(([id, score, text]) => JSON.stringify({ text, id, score: Number(score) }));
    writeFileSync(join(folder, 'same.jsonl'), objects.join('\n'));
    const files = ['same.csv', 'same.tsv', 'same.jsonl', join(FIXTURES, 'good-none.parquet')];
    const reports = await Promise.all(
      files.map(async (file) => {
        const { code, stdout } = await darse(
          'evaluate',
          '--adapter',
          'run',
          '--data',
          file,
          '--engine',
          'onnx',
          '--json',
        );
        expect(code).toBe(0);
        return JSON.parse(stdout);
      }),
    );
    expect(reports[0].dataHash).toMatch(/^[0-9a-f]{64}$/);
    for (const report of reports) expect(report).toEqual(reports[0]);
  });
});
