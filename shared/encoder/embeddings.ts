import { DarseError } from '../study/darseError.ts';
import type { EncoderConfig } from './encoderConfig.ts';

/** The three embedding tables, looked up on the host: they are frozen, and the largest is bigger than a GPU buffer may be. */
export interface Embeddings {
  /**
   * word[id] + position[position] + type[type] for each of N tokens, before LayerNorm: [N, D] written to `into` (made where not given).
   * Without `types` every token has type 0. An id, position or type outside its table is an `input` error.
   */
  embed(
    ids: ArrayLike<number>,
    positions: ArrayLike<number>,
    types?: ArrayLike<number>,
    into?: Float32Array,
  ): Float32Array;
}

/** Reads the tables through `readConstant`. */
export async function readEmbeddings(
  readConstant: (name: string) => Promise<Float32Array>,
  config: EncoderConfig,
): Promise<Embeddings> {
  const words = await readConstant('embeddings.word_embeddings.weight');
  const positionRows = await readConstant('embeddings.position_embeddings.weight');
  const typeRows = await readConstant('embeddings.token_type_embeddings.weight');
  const width = config.hiddenSize;
  return {
    embed(ids, positions, types, into = new Float32Array(ids.length * width)) {
      for (let token = 0; token < ids.length; token++) {
        const word = rowStart('token id', ids[token], config.vocabularySize, width);
        const position = rowStart('position', positions[token], config.positionCount, width);
        const type = rowStart('token type', types?.[token] ?? 0, config.tokenTypeCount, width);
        const start = token * width;
        for (let i = 0; i < width; i++) {
          into[start + i] = words[word + i]! + typeRows[type + i]! + positionRows[position + i]!;
        }
      }
      return into;
    },
  };
}

function rowStart(what: string, row: number | undefined, rowCount: number, width: number): number {
  if (row === undefined || !(row >= 0 && row < rowCount)) {
    throw new DarseError(
      'input',
      `${what} ${row} is outside the backbone's table of ${rowCount}: do tokenizer and model belong together?`,
    );
  }
  return row * width;
}
