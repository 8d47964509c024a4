import { createTokenizer, type TextTokenizer } from '../data/tokenizer.ts';
import { type Backbone, openBackbone } from '../encoder/backbone.ts';
import { openCheckpoint } from '../encoder/checkpoint.ts';
import { parseEncoderConfig } from '../encoder/encoderConfig.ts';
import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';

/** A backbone with its tokenizer. */
export interface Model {
  readonly backbone: Backbone;
  readonly tokenizer: TextTokenizer;
}

/** The files of a model in the Hugging Face layout: parsed JSON, and opened safetensors files by name. */
export interface ModelFiles {
  readonly config: unknown;
  readonly tokenizer: unknown;
  /** `{}` where there is none. */
  readonly tokenizerConfig: unknown;
  readonly weights: ReadonlyMap<string, ByteSource>;
  /** Of a checkpoint in several files. */
  readonly index?: unknown;
}

/** Opens a model; `where` is what messages call the place of its files. Throws `input` for files that do not fit together. */
export async function openModelFiles(files: ModelFiles, where: string): Promise<Model> {
  const config = parseEncoderConfig(files.config, `${where}/config.json`);
  const tokenizer = createTokenizer(files.tokenizer, files.tokenizerConfig);
  if (tokenizer.vocabularySize > config.vocabularySize) {
    throw new DarseError(
      'input',
      `the tokenizer in ${where} has ${tokenizer.vocabularySize} tokens, the backbone's table only ${config.vocabularySize} rows: they do not belong together`,
    );
  }
  return { tokenizer, backbone: await openBackbone(await openCheckpoint(files.weights, files.index), config, where) };
}
