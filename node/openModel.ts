import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenizer, type TextTokenizer } from '../shared/data/tokenizer.ts';
import { type Backbone, openBackbone } from '../shared/encoder/backbone.ts';
import { openCheckpoint, readCheckpointIndex } from '../shared/encoder/checkpoint.ts';
import { parseEncoderConfig } from '../shared/encoder/encoderConfig.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { CommandContext } from './commandContext.ts';
import { readJsonObject } from './commandContext.ts';
import { openFileSource } from './fileSource.ts';
import { WEIGHTS, WEIGHTS_INDEX } from './hub/checkModelFolder.ts';
import { type ModelFolder, resolveModel } from './hub/resolveModel.ts';
import { createProgress } from './progress.ts';

const TOKENIZER_CONFIG = 'tokenizer_config.json';

/** A backbone with its tokenizer, and the files it is read from. */
export interface OpenModel {
  readonly folder: ModelFolder;
  readonly backbone: Backbone;
  readonly tokenizer: TextTokenizer;
  close(): Promise<void>;
}

/** Opens a model by name, path or hub id, downloading it with a progress bar where it is not here yet. */
export async function openModel(nameOrPath: string, context: Pick<CommandContext, 'quiet'>): Promise<OpenModel> {
  const progress = createProgress(context);
  const folder = await resolveModel(nameOrPath, {
    onProgress: (file, done, total) => progress.show(`downloading ${file}`, done, total),
  }).finally(() => progress.end());
  const at = (name: string) => join(folder.path, name);
  const config = parseEncoderConfig(await readJsonObject(at('config.json')), at('config.json'));
  const tokenizer = createTokenizer(
    await readJsonObject(at('tokenizer.json')),
    existsSync(at(TOKENIZER_CONFIG)) ? await readJsonObject(at(TOKENIZER_CONFIG)) : {},
  );
  if (tokenizer.vocabularySize > config.vocabularySize) {
    throw new DarseError(
      'input',
      `the tokenizer in ${folder.path} has ${tokenizer.vocabularySize} tokens, the backbone's table only ${config.vocabularySize} rows: they do not belong together`,
    );
  }
  const index = existsSync(at(WEIGHTS)) ? undefined : await readJsonObject(at(WEIGHTS_INDEX));
  const names = index === undefined ? [WEIGHTS] : [...new Set(readCheckpointIndex(index).values())];
  const files = new Map(await Promise.all(names.map(async (name) => [name, await openFileSource(at(name))] as const)));
  const close = async () => {
    for (const file of files.values()) await file.close();
  };
  try {
    const backbone = await openBackbone(await openCheckpoint(files, index), config, folder.path);
    return { folder, backbone, tokenizer, close };
  } catch (error) {
    await close();
    throw error;
  }
}
