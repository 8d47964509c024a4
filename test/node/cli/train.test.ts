import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseHistory } from '../../../shared/history/record.ts';
import { csvOf, folderHashes, temporaryFolder, tinyExamples, writeTinyModel } from '../../support/cliFixture.ts';
import { type CliRun, runCli } from '../../support/runCli.ts';

const ROWS = 60;
/** Of the model of `writeTinyModel`. */
const layerCount = 4;

describe('a training', () => {
  const folder = temporaryFolder();
  let run: CliRun;
  let result: {
    readonly settings: object;
    readonly ranks: object;
    readonly validation: { readonly last: { readonly metrics: object; readonly worst: readonly object[] } };
  };
  beforeAll(async () => {
    writeTinyModel(join(folder, 'model'));
    writeFileSync(join(folder, 'texts.csv'), csvOf(tinyExamples(ROWS)));
    const settings = ['--model', 'model', '--engine', 'onnx', '--epochs', '2', '--batch', '16', '--ranks', '4'];
    run = await runCli(['train', '--data', 'texts.csv', '--out', 'run', ...settings], { cwd: folder });
    result = JSON.parse(readFileSync(join(folder, 'run', 'result.json'), 'utf8'));
  });

  test('ends with 0 and leaves standard output to --json', () => {
    expect(run).toMatchObject({ code: 0, stdout: '' });
  });

  test('writes result, history, split, model card and an adapter for PEFT', () => {
    expect(Object.keys(folderHashes(join(folder, 'run')))).toEqual([
      'adapter/README.md',
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
      'adapter/darse_heads.json',
      'adapter/darse_heads.safetensors',
      'adapter/load_darse.py',
      'history.jsonl',
      'model-card.md',
      'result.json',
      'run.json',
      'split.json',
    ]);
  });

  test('shows the data and the trivial predictor before the first epoch, in lines of 80 columns', () => {
    const lines = run.stderr.split('\n');
    const place = (start: string) => lines.findIndex((line) => line.startsWith(start));
    const order = [
      'texts.csv: 60 texts',
      'classes of',
      '  strong negative',
      'tokens per',
      `LoRA on ${2 * layerCount} modules`,
      'engine onnx',
    ];
    const places = [...order, 'to beat', 'epoch 1/2', 'epoch 2/2'].map(place);
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('engine'))).toEqual([]);
  });

  test('says in result.json what was trained, on what and with which numbers', () => {
    expect(result).toMatchObject({
      format: 'darse-result',
      settings: { epochs: 2, batch: 16, ranks: '4', seed: 0 },
      model: { name: 'model' },
      data: {
        name: 'texts.csv',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        rows: { train: 48, validation: 6, test: 6 },
      },
      engine: { name: 'onnx', precision: 'float32' },
      steps: 6,
      epochs: [{ epoch: 1 }, { epoch: 2 }],
      validation: { last: { exampleCount: 6 }, best: { exampleCount: 6 } },
      test: { exampleCount: 6 },
      trivial: { validation: { mse: expect.any(Number) }, test: { accuracy: expect.any(Number) } },
      resumedFromStep: null,
    });
    expect(Object.keys(result.ranks)).toHaveLength(2 * layerCount);
    const names = ['mse', 'mae', 'rmse', 'r2', 'pearson', 'accuracy', 'precision', 'recall', 'f1'];
    expect(Object.keys(result.validation.last.metrics)).toEqual(expect.arrayContaining(names));
    const row = ['id', 'label', 'predictedLabel', 'predictedScore', 'score', 'text'];
    expect(Object.keys(result.validation.last.worst[0] ?? {}).sort()).toEqual(row);
  });

  test('keeps a history that reads back whole, with every step, epoch and look at test rows', () => {
    const { records, problems } = parseHistory(readFileSync(join(folder, 'run', 'history.jsonl'), 'utf8'));
    expect(problems).toEqual([]);
    const kinds = records.map(({ kind }) => kind);
    const epoch = ['step', 'step', 'step', 'epoch'];
    expect(kinds).toEqual(['trialStarted', 'started', ...epoch, ...epoch, 'testLook', 'finished']);
    expect(records).toContainEqual(expect.objectContaining({ kind: 'testLook', rowCount: 6 }));
  });

  test('repeated gives the same bytes, and --json its result alone, --quiet no word', async () => {
    const args = ['train', '--config', 'settings.json', '--out', 'again', '--json', '--quiet'];
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(result.settings));
    const again = await runCli(args, { cwd: folder });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(readFileSync(join(folder, 'again', 'result.json'), 'utf8')));
    for (const name of ['adapter_model.safetensors', 'darse_heads.safetensors']) {
      const bytes = readFileSync(join(folder, 'run', 'adapter', name));
      expect(readFileSync(join(folder, 'again', 'adapter', name)).equals(bytes), name).toBe(true);
    }
  });

  test('--resume of it tells that it is finished, with the same result, and changes nothing', async () => {
    const before = folderHashes(join(folder, 'run'));
    const again = await runCli(['train', '--resume', 'run', '--json'], { cwd: folder });
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('run is finished');
    expect(JSON.parse(again.stdout)).toEqual(result);
    expect(folderHashes(join(folder, 'run'))).toEqual(before);
  });
});

describe('settings', () => {
  const folder = temporaryFolder();
  beforeAll(() => {
    writeTinyModel(join(folder, 'model'));
    writeFileSync(join(folder, 'texts.csv'), csvOf(tinyExamples(ROWS)));
  });

  test('come from preset, --config and flags, of which the later ones win', async () => {
    const file = {
      data: 'texts.csv',
      model: 'model',
      out: 'run',
      preset: 'paper',
      epochs: 2,
      batch: 24,
      parts: [0.8, 0.2, 0],
    };
    const perLayer = Array.from({ length: layerCount }, (_, layer) =>
      layer === 0 ? 2 : layer === layerCount - 1 ? 4 : 0,
    );
    const text = JSON.stringify({ ...file, ranks: perLayer, maxTokens: 24 });
    // Editors on Windows begin a file with a byte order mark.
    writeFileSync(join(folder, 'settings.json'), `\ufeff${text}`);
    const args = ['train', '--config', 'settings.json', '--epochs', '1', '--engine', 'onnx', '--json', '--quiet'];
    const { code, stdout } = await runCli(args, { cwd: folder });
    expect(code).toBe(0);
    const { settings, ranks, test: testReport } = JSON.parse(stdout);
    expect(settings).toMatchObject({
      epochs: 1,
      batch: 24,
      pooling: 'first',
      lr: 1e-5,
      ranks: perLayer.join(','),
      pad: 'full',
    });
    expect(Object.values(ranks)).toEqual([2, 2, 4, 4]);
    expect(testReport).toBeNull();
  });

  test('take a split and the first of its training rows, and say how many texts that leaves out', async () => {
    const ids = (first: number, count: number) => Array.from({ length: count }, (_, i) => `t${first + i}`);
    const given = { train: ids(1, 40), validation: ids(41, 10) };
    writeFileSync(join(folder, 'given.json'), JSON.stringify(given));
    const args = ['--data', 'texts.csv', '--split', 'given.json', '--train-rows', '16', '--model', 'model'];
    const ranks = ['--ranks', '0', '--epochs', '1', '--engine', 'onnx', '--out', 'given'];
    const { code, stderr } = await runCli(['train', ...args, ...ranks], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toContain('texts.csv: 60 texts; training 16, validation 10, test 0, left out 34\n');
    expect(JSON.parse(readFileSync(join(folder, 'given', 'split.json'), 'utf8'))).toMatchObject({
      train: ids(1, 16),
      validation: given.validation,
      test: [],
    });
  });

  test('that are not allowed are all told at once, from file and flags', async () => {
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ epochs: 0, lrr: 1, speed: 2, seed: 'x' }));
    const flags = [
      '--parts',
      '0.5,0.1,0.1',
      '--engine',
      'abacus',
      '--alpha',
      '-1',
      '--targets',
      'key,kee',
      '--lr',
      'fast',
    ];
    const { code, stderr } = await runCli(['train', '--config', 'wrong.json', ...flags], { cwd: folder });
    expect(code).toBe(2);
    const words = [
      '--epochs',
      '"lrr", "speed" are no settings',
      '--seed',
      '--parts',
      'abacus',
      'alpha',
      '"kee"',
      '--lr',
    ];
    for (const word of words) expect(stderr).toContain(word);
  });
});
