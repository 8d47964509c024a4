import { readFileSync } from 'node:fs';
import { type Backbone, openBackbone } from '../../shared/encoder/backbone.ts';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { goldenJson, goldenPath } from './golden.ts';
import { memorySource } from './memorySource.ts';

/** A model folder of the golden folder as a backbone. */
export async function goldenBackbone(...parts: string[]): Promise<Backbone> {
  const store = await readSafetensors(
    memorySource(parts.join('/'), readFileSync(goldenPath(...parts, 'model.safetensors'))),
  );
  return openBackbone(store, parseEncoderConfig(goldenJson(...parts, 'config.json')), parts.join('/'));
}
