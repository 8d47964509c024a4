import { DarseError } from '../../shared/study/darseError.ts';
import { createSha256 } from '../../shared/study/sha256.ts';
import { hashModelFiles } from '../../shared/trial/hashModelFiles.ts';
import { type Model, openModelFiles } from '../../shared/trial/openModelFiles.ts';
import type { TrialGround } from '../../shared/trial/trialKey.ts';
import { fetchBytes } from './fetchBytes.ts';
import { memorySource } from './memorySource.ts';

/** A model with where it came from. */
export interface LoadedModel extends Model {
  readonly name: string;
  readonly url: string;
  readonly identity: TrialGround['model'];
}

const WEIGHTS = 'model.safetensors';

/** Fetches a model's files from its folder's address, which ends in a slash; `onProgress` hears of the weights' bytes. */
export async function loadModel(
  { name, url }: Pick<LoadedModel, 'name' | 'url'>,
  onProgress: (done: number, total: number) => void,
): Promise<LoadedModel> {
  const [config, tokenizer, tokenizerConfig, weights] = await Promise.all([
    fetchBytes(`${url}config.json`),
    fetchBytes(`${url}tokenizer.json`),
    fetchBytes(`${url}tokenizer_config.json`),
    fetchBytes(`${url}${WEIGHTS}`, onProgress),
  ]);
  const files = [
    memorySource('config.json', config),
    memorySource('tokenizer.json', tokenizer),
    memorySource('tokenizer_config.json', tokenizerConfig),
    memorySource(WEIGHTS, weights),
  ];
  const hash = createSha256();
  await hashModelFiles(
    files.map((file) => ({ name: file.name, stream: () => file.stream() })),
    hash,
  );
  const model = await openModelFiles(
    {
      config: parseJson(`${url}config.json`, config),
      tokenizer: parseJson(`${url}tokenizer.json`, tokenizer),
      tokenizerConfig: parseJson(`${url}tokenizer_config.json`, tokenizerConfig),
      weights: new Map([[WEIGHTS, memorySource(WEIGHTS, weights)]]),
    },
    name,
  );
  return { ...model, name, url, identity: { name, sha256: hash.digestHex() } };
}

function parseJson(url: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new DarseError('input', `${url} is no JSON (${String(cause)})`, { cause });
  }
}
