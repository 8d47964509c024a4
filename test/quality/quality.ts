import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';

const ROOT = join(import.meta.dirname, '..', '..');
const DATA = join(import.meta.dirname, 'vader_tweets');

interface QualitySet {
  readonly name: string;
  readonly about: string;
  /** Mean test R² over the seeds that must be reached. */
  readonly bar: number;
  /** What PyTorch + PEFT reached with the same settings, where it was run. */
  readonly peer?: string;
  readonly flags: readonly string[];
}

const COMMON = ['--ranks', '8', '--warmup', '0.06'];
const AS_PEER = ['--lora-dropout', '0.05', '--dropout', 'model', '--max-tokens', '64'];

const SETS: readonly QualitySet[] = [
  {
    name: 'as PyTorch + PEFT',
    about:
      'rank 8 on query and value, first token, lr 1e-3, batch 32, 3 epochs, LoRA dropout 0.05, encoder dropout 0.1',
    bar: 0.77,
    peer: '0.786 (3 seeds, SD 0.009)',
    flags: [...COMMON, ...AS_PEER, '--pooling', 'first', '--lr', '1e-3', '--batch', '32', '--epochs', '3'],
  },
  {
    name: 'short run',
    about: '512 rows, batch 16, 2 epochs = 64 steps, mean of tokens, lr 3e-3, dropouts as above',
    bar: 0.63,
    peer: '0.651 (1 seed)',
    flags: [
      ...COMMON,
      ...AS_PEER,
      '--pooling',
      'mean',
      '--lr',
      '3e-3',
      '--batch',
      '16',
      '--epochs',
      '2',
      '--train-rows',
      '512',
    ],
  },
  { name: 'defaults', about: 'DARSE without any flag but the data', bar: 0.8, flags: [] },
];

const ResultSchema = v.object({
  test: v.object({ metrics: v.object({ mse: v.number(), r2: v.number(), accuracy: v.number() }) }),
  validation: v.object({ last: v.object({ metrics: v.object({ r2: v.number() }) }) }),
  seconds: v.object({ total: v.number() }),
});

/** `npm run quality [-- --model FOLDER] [--seeds N]`: trains every set at every seed and prints a Markdown table; fails under a bar. */
function quality(args: readonly string[]): number {
  const option = (name: string, fallback: string) => {
    const at = args.indexOf(name);
    return at === -1 ? fallback : (args[at + 1] ?? fallback);
  };
  const seeds = Array.from({ length: Number(option('--seeds', '3')) }, (_, seed) => seed);
  const folder = mkdtempSync(join(tmpdir(), 'darse-quality-'));
  console.log('| settings | seed | validation R² | test R² | test MSE | test accuracy | seconds |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  const verdicts: string[] = [];
  let missed = 0;
  for (const set of SETS) {
    const scores = seeds.map((seed) => trainOnce(set, seed, option('--model', 'minilm-l6'), folder));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    if (mean < set.bar) missed += 1;
    verdicts.push(
      `- ${set.name} (${set.about}): mean test R² **${mean.toFixed(4)}**, bar ${set.bar}${mean < set.bar ? ' MISSED' : ''}${set.peer ? `; PyTorch + PEFT ${set.peer}` : ''}`,
    );
  }
  rmSync(folder, { recursive: true });
  console.log(`\n${verdicts.join('\n')}`);
  return missed > 0 ? 1 : 0;
}

function trainOnce(set: QualitySet, seed: number, model: string, folder: string): number {
  const out = join(folder, `${SETS.indexOf(set)}-${seed}`);
  const data = ['--data', join(DATA, 'vader_tweets.csv'), '--split', join(DATA, 'split.json')];
  const args = [
    'train',
    ...data,
    '--model',
    model,
    ...set.flags,
    '--seed',
    String(seed),
    '--out',
    out,
    '--json',
    '--quiet',
  ];
  const text = execFileSync(process.execPath, [join(ROOT, 'node', 'darse.mjs'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const { test, validation, seconds } = v.parse(ResultSchema, JSON.parse(text));
  const { r2, mse, accuracy } = test.metrics;
  const cells = [
    set.name,
    seed,
    validation.last.metrics.r2.toFixed(4),
    r2.toFixed(4),
    mse.toFixed(4),
    accuracy.toFixed(3),
  ];
  console.log(`| ${cells.join(' | ')} | ${seconds.total.toFixed(0)} |`);
  return r2;
}

process.exitCode = quality(process.argv.slice(2));
