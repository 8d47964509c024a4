import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { classOfScore, type Example } from '../../shared/data/example.ts';
import { sha256Hex } from '../../shared/study/sha256.ts';
import { SMALL_MODELS } from './golden.ts';

/** A folder for the tests of a file or of a `describe`, gone after them. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'darse-cli-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const GOOD = ['good', 'gains', 'surge', 'record', 'profit', 'strong', 'rise', 'win'];
const BAD = ['bad', 'loss', 'slump', 'fine', 'fraud', 'weak', 'fall', 'fail'];
const PLAIN = ['the', 'company', 'bank', 'market', 'on', 'today', 'shares', 'report', 'meeting', 'of'];
const WORDS = [
  ...GOOD,
  ...BAD,
  ...PLAIN,
  ...Array.from({ length: 10 }, (_, digit) => [`${digit}`, `##${digit}`]).flat(),
];

/** Special tokens in the order of their ids: start, padding, end and unknown by name. */
const SPECIAL = {
  'tiny-roberta': { ids: ['<s>', '<pad>', '</s>', '<unk>'], start: '<s>', end: '</s>', unknown: '<unk>' },
  'tiny-bert': { ids: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'], start: '[CLS]', end: '[SEP]', unknown: '[UNK]' },
} as const;

/** An encoder of random weights and four layers with a tokenizer of whole words, as a folder in the Hugging Face layout. */
export function writeTinyModel(path: string, kind: keyof typeof SPECIAL = 'tiny-roberta'): string {
  const { ids, start, end, unknown } = SPECIAL[kind];
  const vocab = new Map([...ids, ...WORDS].map((word, id) => [word, id]));
  const tokenizer = {
    version: '1.0',
    added_tokens: ids.map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', cls: [start, vocab.get(start)], sep: [end, vocab.get(end)] },
    decoder: null,
    model: {
      type: 'WordPiece',
      vocab: Object.fromEntries(vocab),
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
  };
  mkdirSync(path, { recursive: true });
  for (const name of ['config.json', 'model.safetensors'])
    copyFileSync(join(SMALL_MODELS, kind, name), join(path, name));
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(path, 'tokenizer_config.json'), JSON.stringify({ pad_token: ids.find((id) => /pad/i.test(id)) }));
  return path;
}

/** Texts whose good and bad words make their score; each text is another. */
export function tinyExamples(count: number): Example[] {
  return Array.from({ length: count }, (_, i) => {
    const score = ((i * 7) % 9) / 4 - 1;
    const tone = score > 0 ? GOOD : score < 0 ? BAD : PLAIN;
    const toned = Array.from(
      { length: 1 + Math.round(4 * Math.abs(score)) },
      (_unused, k) => tone[(i + 3 * k) % tone.length],
    );
    const plain = Array.from({ length: 1 + (i % 4) }, (_unused, k) => PLAIN[(i * 3 + k) % PLAIN.length]);
    const text = [...plain, ...toned, i].join(' ');
    return { id: `t${i}`, text, score, label: classOfScore(score) };
  });
}

/** CSV with the columns id, text, score. */
export function csvOf(examples: readonly Example[]): string {
  return ['id,text,score', ...examples.map(({ id, text, score }) => `${id},${text},${score}`), ''].join('\n');
}

/** SHA-256 of every file below a folder by its path, in the order of the paths. */
export function folderHashes(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true }).map(String).sort();
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(path, name)).isFile())
      .map((name) => [name, sha256Hex(readFileSync(join(path, name)))]),
  );
}
