import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { csvOf, folderHashes, temporaryFolder, tinyExamples, writeTinyModel } from '../../support/cliFixture.ts';
import { runCli } from '../../support/runCli.ts';

const folder = temporaryFolder();

beforeAll(() => {
  writeTinyModel(join(folder, 'model'));
  writeTinyModel(join(folder, 'wide'));
  writeTinyModel(join(folder, 'damaged'));
  write('good.csv', csvOf(tinyExamples(30)));
  write('bad.csv', 'text,score\nfine,0.5\n,0.2\nloud,7\nodd,abc\n"half,1\n');
  write('classes.csv', 'text,label\ngains,positive\nloss,negative\nmeeting,neutral\ngains again,POSITIVE\n');
  write('small.csv', 'text,score\nfine,0.5\nbad,-0.5\n');
  write('wrong.json', '{"epochs": 3,}');
  const tokenizer = JSON.parse(readFileSync(join(folder, 'wide', 'tokenizer.json'), 'utf8'));
  tokenizer.model.vocab['farbeyond'] = 99_999;
  write(join('wide', 'tokenizer.json'), JSON.stringify(tokenizer));
  const weights = readFileSync(join(folder, 'model', 'model.safetensors'));
  writeFileSync(join(folder, 'damaged', 'model.safetensors'), weights.subarray(0, weights.length - 100));
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const TRAIN = ['train', '--model', 'model', '--out', 'run'];
const CLASSES = [...TRAIN, '--data', 'classes.csv', '--class-column', 'label'];

/** What a user gets wrong, and words of the answer that say where it is and what to do. */
const MISTAKES: readonly [what: string, args: readonly string[], words: readonly string[]][] = [
  ['no data and no folder', ['train'], ['--data', '--out', '--resume']],
  ['a data file that is not there', [...TRAIN, '--data', 'none.csv'], ['none.csv', 'no such file']],
  ['a folder as data', [...TRAIN, '--data', 'model'], ['model', 'is a folder']],
  ['a format nobody knows', [...TRAIN, '--data', 'wrong.json'], ['wrong.json', '.csv', '.parquet']],
  [
    'a CSV with mistakes',
    [...TRAIN, '--data', 'bad.csv'],
    ['line 3: the text is missing', 'line 4: score "7" is outside [-1, 1]', 'line 5: score "abc"', 'line 6'],
  ],
  ['too few rows to split', [...TRAIN, '--data', 'small.csv'], ['2 examples', 'give more examples']],
  [
    'a column that is not there',
    [...TRAIN, '--data', 'good.csv', '--text-column', 'body'],
    ['"body"', '"text"', '--text-column'],
  ],
  ['classes without a class column', [...TRAIN, '--data', 'classes.csv'], ['--class-column label', '--score-map']],
  ['classes without scores', CLASSES, ['"positive" (rows: 2)', '"negative" (rows: 1)', '--score-map']],
  [
    'a score map with a gap',
    [...CLASSES, '--score-map', 'positive=1,negative=-1'],
    ['"neutral" (rows: 1)', '--score-map'],
  ],
  [
    'a model that is not there',
    ['train', '--data', 'good.csv', '--out', 'run', '--model', 'none'],
    ['"none"', 'hub id', 'minilm-l6'],
  ],
  [
    'a folder that is no model',
    ['train', '--data', 'good.csv', '--out', 'run', '--model', '.'],
    ['config.json is missing', 'tokenizer.json is missing', 'model.safetensors', 'good.csv'],
  ],
  [
    'weights that are cut off',
    ['train', '--data', 'good.csv', '--out', 'run', '--model', 'damaged'],
    ['model.safetensors'],
  ],
  [
    "a tokenizer that is not the model's",
    ['train', '--data', 'good.csv', '--out', 'run', '--model', 'wide'],
    ['100000 tokens', 'do not belong together'],
  ],
  ['a rank above what a module can have', [...TRAIN, '--data', 'good.csv', '--ranks', '4096'], ['ranks[0]', '4096']],
  ['an engine nobody knows', [...TRAIN, '--data', 'good.csv', '--engine', 'abacus'], ['abacus', 'onnx', 'wasm']],
  [
    'a configuration that is no JSON',
    [...TRAIN, '--data', 'good.csv', '--config', 'wrong.json'],
    ['wrong.json', 'JSON'],
  ],
  ['to go on with what was never begun', ['train', '--resume', 'model'], ['run.json', 'no such file']],
  [
    'an adapter that is not there',
    ['predict', '--adapter', 'none', '--text', 'good'],
    ['none', 'no such file or folder'],
  ],
  [
    'a folder that is no adapter',
    ['evaluate', '--adapter', 'model', '--data', 'good.csv'],
    ['no adapter', 'darse_heads.json'],
  ],
  ['no adapter', ['predict', '--text', 'good'], ['--adapter']],
  ['an empty text', ['predict', '--adapter', 'model', '--text', 'good', ' '], ['text 2', 'empty']],
  ['neither texts nor data', ['predict', '--adapter', 'model'], ['--text', '--data']],
];

describe('refuses with exit code 2, says why, and leaves nothing behind:', () => {
  test.concurrent.each(MISTAKES)('%s', async (_what, args, words) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr).not.toMatch(/\n +at /);
    expect(Object.keys(folderHashes(folder)).filter((name) => name.startsWith('run'))).toEqual([]);
  });
});

test('never writes into a folder that holds anything', async () => {
  const before = folderHashes(join(folder, 'model'));
  const { code, stderr } = await runCli(['train', '--model', 'model', '--data', 'good.csv', '--out', 'model'], {
    cwd: folder,
  });
  expect(code).toBe(2);
  expect(stderr).toContain('model is not empty: take another folder for --out');
  expect(folderHashes(join(folder, 'model'))).toEqual(before);
});

test('trains on classes where a map gives their scores', async () => {
  const rows = tinyExamples(30).map(({ text, score }) => `${text},${score < 0 ? 'negative' : 'Positive'}`);
  write('labelled.csv', ['text,label', ...rows, ''].join('\n'));
  const map = ['--class-column', 'label', '--score-map', 'negative=-0.3,positive=1'];
  const args = ['train', '--model', 'model', '--data', 'labelled.csv', '--out', 'labelled', '--epochs', '1', '--json'];
  const { code, stdout } = await runCli([...args, ...map], { cwd: folder });
  expect(code).toBe(0);
  const { classReport } = JSON.parse(stdout).validation.last;
  const present = classReport.filter(({ support }: { support: number }) => support > 0);
  expect(present.map(({ name }: { name: string }) => name)).toEqual(['negative', 'strong positive']);
});
