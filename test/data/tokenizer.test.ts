import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createTokenizer, type TokenizerOptions } from '../../shared/data/tokenizer.ts';
import { goldenPath } from '../support/golden.ts';

/** Made by Python's `tokenizers` (test/golden/generate/tokenizer.py), special tokens recognised in texts. */
interface GoldenVectors {
  readonly vectors: readonly (readonly [text: string, ids: number[]])[];
  readonly surrogates: readonly (readonly [codeUnits: number[], replaced: string, ids: number[]])[];
  readonly truncate: Readonly<Record<string, Readonly<Record<string, number[]>>>>;
  readonly pairs: readonly (readonly [a: string, b: string, limit: number | null, ids: number[], typeIds: number[]])[];
}
interface StoredVector {
  readonly name: string;
  readonly text: string;
  readonly text_pair?: string | null;
  readonly ids: number[];
  readonly type_ids?: number[];
}
/** Made by test/tokenizers/generate_as_text.py, special tokens split like any text. */
interface AsTextVectors {
  readonly vectors: readonly (readonly [text: string, ids: number[]])[];
  readonly pairs: readonly (readonly [a: string, b: string, ids: number[], typeIds: number[]])[];
}

const NAMES = ['roberta-base', 'bert-base-uncased'];

const path = (name: string, file: string) => join(import.meta.dirname, '..', 'tokenizers', name, file);
const json = (name: string, file: string): unknown => JSON.parse(readFileSync(path(name, file), 'utf8'));
const load = (name: string, options?: TokenizerOptions) =>
  createTokenizer(json(name, 'tokenizer.json'), json(name, 'tokenizer_config.json'), options);

function goldenVectors(name: string): GoldenVectors {
  return JSON.parse(gunzipSync(readFileSync(goldenPath('tokenizer', `${name}.json.gz`))).toString());
}
function storedVectors(name: string, file: string): readonly StoredVector[] {
  return JSON.parse(readFileSync(path(name, file), 'utf8')).vectors;
}
function asTextVectors(name: string): AsTextVectors {
  return JSON.parse(readFileSync(path(name, 'vectors_as_text.json'), 'utf8'));
}

describe.each(NAMES)('%s', (name) => {
  const recognising = load(name, { specialTokensInText: true });
  const plain = load(name);
  const { vectors, surrogates, truncate, pairs } = goldenVectors(name);

  it('gives the ids of the Python original for every golden string', () => {
    const differing = vectors.filter(([text, ids]) => recognising.encode(text, Infinity).ids.join() !== ids.join());
    expect(vectors.length).toBeGreaterThan(0);
    expect(differing).toEqual([]);
  });

  it('reads a lone surrogate as U+FFFD', () => {
    const ids = surrogates.map(([units]) => [...recognising.encode(String.fromCharCode(...units), Infinity).ids]);
    expect(ids).toEqual(surrogates.map(([, , expected]) => expected));
  });

  it('cuts long texts where the original does', () => {
    for (const [limit, cut] of Object.entries(truncate)) {
      for (const [index, ids] of Object.entries(cut)) {
        expect([...recognising.encode(vectors[Number(index)]?.[0] ?? '', Number(limit)).ids]).toEqual(ids);
      }
    }
  });

  it('joins and cuts pairs as the original does, with its segments', () => {
    for (const [a, b, limit, ids, typeIds] of pairs) {
      const encoded = recognising.encodePair(a, b, limit ?? Infinity);
      expect([...encoded.ids]).toEqual(ids);
      expect([...encoded.typeIds]).toEqual(typeIds);
    }
  });

  it.each(['vectors_upstream.json', 'vectors_generated.json'])('agrees with every one of %s', (file) => {
    const stored = storedVectors(name, file);
    expect(stored.length).toBeGreaterThan(0);
    for (const { name: title, text, text_pair: pair, ids, type_ids } of stored) {
      const encoded =
        typeof pair === 'string' ? recognising.encodePair(text, pair, Infinity) : recognising.encode(text, Infinity);
      expect([...encoded.ids], title).toEqual(ids);
      if (type_ids !== undefined) expect([...encoded.typeIds], title).toEqual(type_ids);
    }
  });

  it('takes typed special tokens for text, as the original does when told to split them', () => {
    const asText = asTextVectors(name);
    for (const [text, ids] of asText.vectors)
      expect([...plain.encode(text, Infinity).ids], JSON.stringify(text)).toEqual(ids);
    for (const [a, b, ids, typeIds] of asText.pairs) {
      const encoded = plain.encodePair(a, b, Infinity);
      expect([...encoded.ids]).toEqual(ids);
      expect([...encoded.typeIds]).toEqual(typeIds);
    }
  });

  it('never lets a text make a special token unless asked', () => {
    for (const [text] of vectors) {
      const inside = plain.encode(text, Infinity).ids.slice(1, -1);
      const unknown = name === 'bert-base-uncased' ? 100 : -1; // [UNK] stands for unknown words, which is no token typed
      expect([...inside].filter((id) => id !== unknown && plain.specialIds.has(id))).toEqual([]);
    }
  });

  it('keeps the frame at the smallest cut and refuses a smaller one', () => {
    expect(recognising.encode('good news', 3).ids).toHaveLength(3);
    expect([...plain.encode('good news', 3).ids].filter((id) => plain.specialIds.has(id))).toHaveLength(2);
    expect(() => plain.encode('good news', 2)).toThrow('above the 2 special tokens, got 2');
    expect(() => plain.encode('good news', 7.5)).toThrow('got 7.5');
    expect(() => plain.encodePair('good', 'news', Number.NaN)).toThrow('got NaN');
  });

  it('encodes a word of 10,000 letters in reasonable time', () => {
    const start = performance.now();
    plain.encode(
      Array.from({ length: 10_000 }, (_, i) => String.fromCharCode(97 + ((i * i + 7 * i) % 26))).join(''),
      512,
    );
    expect(performance.now() - start).toBeLessThan(5_000); // about 0.1 s; quadratic work would take minutes
  });
});

describe('what a model needs to know', () => {
  it('finds the padding token, the special tokens and the size of the vocabulary', () => {
    const roberta = load('roberta-base');
    expect([roberta.padId, roberta.vocabularySize, [...roberta.specialIds]]).toEqual([1, 50_265, [0, 1, 2, 3, 50_264]]);
    const bert = load('bert-base-uncased');
    expect([bert.padId, bert.vocabularySize, [...bert.specialIds]]).toEqual([0, 30_522, [0, 100, 101, 102, 103]]);
  });

  it('takes the padding token from the configuration, plain or as an object', () => {
    const tokenizerJson = json('bert-base-uncased', 'tokenizer.json');
    expect(createTokenizer(tokenizerJson, { pad_token: '[MASK]' }).padId).toBe(103);
    expect(createTokenizer(tokenizerJson, { pad_token: { content: 'the' } }).padId).toBe(1996);
    expect(() => createTokenizer(tokenizerJson, { pad_token: '<none>' })).toThrow('no padding token <none>');
  });
});

describe('small tokenizers by hand', () => {
  const model = {
    type: 'WordPiece',
    unk_token: '?',
    continuing_subword_prefix: '##',
    vocab: { '?': 0, up: 1, '##on': 2, pad: 3, new: 4, york: 5 },
  };
  const small = {
    model,
    normalizer: { type: 'BertNormalizer', lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    added_tokens: [
      { id: 6, content: 'new york', normalized: true, single_word: true, lstrip: true, rstrip: true },
      { id: 7, content: 'pad', special: true },
    ],
  };
  const config = { pad_token: 'pad' };

  it('finds added words in the normalised text, whole words only, while special ones stay text', () => {
    const tokenizer = createTokenizer(small, config);
    expect([...tokenizer.encode('up New YORK upon', Infinity).ids]).toEqual([1, 6, 1, 2]);
    expect([...tokenizer.encode('new yorkup', Infinity).ids]).toEqual([4, 0]); // york + ##up is not in the vocabulary
    expect([...tokenizer.encode('pad pad', Infinity).ids]).toEqual([3, 3]);
    expect([...createTokenizer(small, config, { specialTokensInText: true }).encode('pad', Infinity).ids]).toEqual([7]);
    expect(tokenizer.vocabularySize).toBe(8);
  });

  it('leaves other normalisers and pre-tokenisers to the library', () => {
    const sections = { normalizer: { type: 'Lowercase' }, pre_tokenizer: { type: 'WhitespaceSplit' } };
    expect([...createTokenizer({ ...small, ...sections }, config).encode('UP upon', Infinity).ids]).toEqual([1, 1, 2]);
  });

  it('frames texts as BertProcessing and RobertaProcessing say', () => {
    const frame = { cls: ['new', 4], sep: ['york', 5] };
    const framed = (type: string) =>
      createTokenizer({ ...small, post_processor: { type, ...frame } }, config).encodePair('up', 'upon', Infinity);
    expect([...framed('BertProcessing').ids]).toEqual([4, 1, 5, 1, 2, 5]);
    expect([...framed('BertProcessing').typeIds]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...framed('RobertaProcessing').ids]).toEqual([4, 1, 5, 5, 1, 2, 5]);
    expect([...framed('RobertaProcessing').typeIds]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('names every wrong field of a tokenizer.json', () => {
    const broken = { model: { type: 'Unigram', vocab: { a: -1 } }, added_tokens: [{ id: 'x', content: '' }] };
    expect(() => createTokenizer(broken, {})).toThrow(/added_tokens\.0\.id[\s\S]*model\.type[\s\S]*model\.vocab\.a/);
    expect(() => createTokenizer({ ...small, model: { ...model, unk_token: '[X]' } }, config)).toThrow(
      'unk_token "[X]" is not in the vocabulary',
    );
    expect(() => createTokenizer(null, config)).toThrow('tokenizer.json does not describe');
    expect(() => createTokenizer({ ...small, normalizer: { type: 'Mystery' } }, config)).toThrow('Mystery');
  });
});
