import { copyFile, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { madeUpEncoder } from '../../shared/encoder/madeUpEncoder.ts';
import { writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { bundledModel } from '../hub/resolveModel.ts';
import { STUDY_FILES, writeFolder } from '../runFolder.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', 'shared', 'assets', 'sentfin', 'sentfin.csv');
const TEXT_COUNT = 40;

/** As many layers as RoBERTa-Large, so that its groups can be cut, and the vocabulary of the bundled tokenizer. */
const CONFIG = {
  model_type: 'bert',
  num_hidden_layers: 24,
  hidden_size: 16,
  num_attention_heads: 2,
  intermediate_size: 32,
  vocab_size: 30522,
  max_position_embeddings: 64,
};

/** What a smoke run works on, as settings of a study. */
export interface SmokeGround {
  readonly data: string;
  readonly model: string;
}

/**
 * Makes up what a smoke run works on, in the study's own folder, so that it can be resumed and is deleted with it: the first texts of
 * the bundled sample, and an encoder in the Hugging Face layout whose weights are drawn, always the same ones.
 */
export async function writeSmokeGround(folder: string): Promise<SmokeGround> {
  const smoke = resolve(folder, STUDY_FILES.smoke);
  const model = join(smoke, 'made-up-encoder');
  const weights = writeSafetensors(madeUpEncoder(parseEncoderConfig(CONFIG), 0), new Map());
  await writeFolder(
    model,
    new Map<string, string | Uint8Array>([
      ['config.json', JSON.stringify(CONFIG, null, 2)],
      ['model.safetensors', weights],
    ]),
  );
  const tokenizer = bundledModel().path;
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(tokenizer, name), join(model, name));
  }
  // No text of the sample has a line break in it.
  const lines = (await readFile(SAMPLE, 'utf8')).split(/\r?\n/, TEXT_COUNT + 1);
  const data = 'texts.csv';
  await writeFolder(smoke, new Map([[data, `${lines.join('\n')}\n`]]));
  return { data: join(smoke, data), model };
}
