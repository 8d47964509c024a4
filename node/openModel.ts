import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpointIndex } from '../shared/encoder/checkpoint.ts';
import { type Model, openModelFiles } from '../shared/trial/openModelFiles.ts';
import type { CommandContext } from './commandContext.ts';
import { readJsonObject } from './commandContext.ts';
import { openFileSource } from './fileSource.ts';
import { WEIGHTS, WEIGHTS_INDEX } from './hub/checkModelFolder.ts';
import { type ModelFolder, resolveModel } from './hub/resolveModel.ts';
import { createProgress } from './progress.ts';

const TOKENIZER_CONFIG = 'tokenizer_config.json';

/** A model, and the files it is read from. */
export interface OpenModel extends Model {
  readonly folder: ModelFolder;
  close(): Promise<void>;
}

/** Opens a model by name, path or hub id, downloading it with a progress bar where it is not here yet. */
export async function openModel(nameOrPath: string, context: Pick<CommandContext, 'quiet'>): Promise<OpenModel> {
  const progress = createProgress(context);
  const folder = await resolveModel(nameOrPath, {
    onProgress: (file, done, total) => progress.show(`downloading ${file}`, done, total),
  }).finally(() => progress.end());
  const at = (name: string) => join(folder.path, name);
  const index = existsSync(at(WEIGHTS)) ? undefined : await readJsonObject(at(WEIGHTS_INDEX));
  const names = index === undefined ? [WEIGHTS] : [...new Set(readCheckpointIndex(index).values())];
  const files = new Map(await Promise.all(names.map(async (name) => [name, await openFileSource(at(name))] as const)));
  const close = async () => {
    for (const file of files.values()) await file.close();
  };
  try {
    const model = await openModelFiles(
      {
        config: await readJsonObject(at('config.json')),
        tokenizer: await readJsonObject(at('tokenizer.json')),
        tokenizerConfig: existsSync(at(TOKENIZER_CONFIG)) ? await readJsonObject(at(TOKENIZER_CONFIG)) : {},
        weights: files,
        index,
      },
      folder.path,
    );
    return { folder, ...model, close };
  } catch (error) {
    await close();
    throw error;
  }
}
