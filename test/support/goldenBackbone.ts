import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Backbone, openBackbone } from '../../shared/encoder/backbone.ts';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { goldenPath } from './golden.ts';
import { memorySource } from './memorySource.ts';

/** A model folder of the golden folder as a backbone. */
export function goldenBackbone(...parts: string[]): Promise<Backbone> {
  return folderBackbone(goldenPath(...parts));
}

/** A model folder in the Hugging Face layout as a backbone. */
export async function folderBackbone(folder: string): Promise<Backbone> {
  const read = (name: string) => readFileSync(join(folder, name));
  const store = await readSafetensors(memorySource(folder, read('model.safetensors')));
  return openBackbone(store, parseEncoderConfig(JSON.parse(read('config.json').toString())), folder);
}
