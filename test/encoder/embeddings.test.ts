import { beforeAll, describe, expect, it } from 'vitest';
import { type Embeddings, readEmbeddings } from '../../shared/encoder/embeddings.ts';
import { tinyConfig } from '../support/randomBackbone.ts';

const CONFIG = tinyConfig({ hiddenSize: 2, vocabularySize: 3, positionCount: 4, tokenTypeCount: 2 });
const TABLES = new Map([
  ['embeddings.word_embeddings.weight', [1, 2, 3, 4, 5, 6]],
  ['embeddings.position_embeddings.weight', [10, 20, 30, 40, 50, 60, 70, 80]],
  ['embeddings.token_type_embeddings.weight', [100, 200, 300, 400]],
]);

describe('embeddings', () => {
  let embeddings: Embeddings;
  beforeAll(async () => {
    embeddings = await readEmbeddings(async (name) => Float32Array.from(TABLES.get(name) ?? []), CONFIG);
  });

  it('are the sum of the rows of word, position and type', () => {
    // Token 2 at position 0: 5+10+100, 6+20+200; token 0 at position 3 of type 1: 1+70+300, 2+80+400.
    expect(embeddings.embed([2, 0], [0, 3], [0, 1])).toEqual(Float32Array.of(115, 226, 371, 482));
  });

  it('have type 0 where none is given', () => {
    expect(embeddings.embed([2, 0], [0, 3])).toEqual(embeddings.embed([2, 0], [0, 3], [0, 0]));
  });

  it('are written into an array that is given', () => {
    const into = new Float32Array(2);
    expect(embeddings.embed([1], [1], [0], into)).toBe(into);
    expect(into).toEqual(Float32Array.of(133, 244));
  });

  it.each([
    ["token id 3 is outside the backbone's table of 3", [3], [0], [0]],
    ['token id -1 is outside', [-1], [0], [0]],
    ["position 4 is outside the backbone's table of 4", [0], [4], [0]],
    ['position undefined is outside', [0], [], [0]],
    ["token type 2 is outside the backbone's table of 2", [0], [0], [2]],
  ])('are refused where %s', (message, ids, positions, types) => {
    const embed = () => embeddings.embed(ids, positions, types);
    expect(embed).toThrow(message);
    expect(embed).toThrow(expect.objectContaining({ code: 'input' }));
  });
});
