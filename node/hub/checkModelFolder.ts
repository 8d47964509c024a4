import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { problemsError } from '../../shared/study/darseError.ts';

export const WEIGHTS = 'model.safetensors';
export const WEIGHTS_INDEX = 'model.safetensors.index.json';
/** The small files of a model, in the order in which they are fetched; all but `tokenizer_config.json` must be there. */
export const TEXT_FILES = ['config.json', 'tokenizer_config.json', 'tokenizer.json'] as const;
const OPTIONAL_FILES: ReadonlySet<string> = new Set(['tokenizer_config.json']);
const PICKLES: readonly string[] = ['pytorch_model.bin', 'pytorch_model.bin.index.json'];
/** All file names worth asking a hub about. */
export const KNOWN_FILES = [...TEXT_FILES, WEIGHTS, WEIGHTS_INDEX, ...PICKLES];

/** Names are bare file names, so that an index cannot lead out of its folder. */
const IndexSchema = v.object({
  weight_map: v.record(v.string(), v.pipe(v.string(), v.regex(/^[\w-][\w.-]*\.safetensors$/))),
});

/** What a model folder holds: the files DARSE reads, or what keeps it from reading them. */
export interface ModelFolderCheck {
  readonly files: readonly string[];
  /** Empty where the folder can be used. */
  readonly problems: readonly string[];
}

/** Looks at a folder in the Hugging Face layout; every problem is listed. A folder that cannot be listed throws the system's error. */
export async function checkModelFolder(folder: string): Promise<ModelFolderCheck> {
  const present = await readdir(folder);
  // An entry of a cache may be a link whose file is gone.
  const isThere = async (name: string) => (await stat(join(folder, name)).catch(() => null))?.isFile() === true;
  const files: string[] = [];
  for (const name of KNOWN_FILES) if (present.includes(name) && (await isThere(name))) files.push(name);
  const problems = missingFiles(files, folder);
  const weights = files.includes(WEIGHTS) ? [WEIGHTS] : [];
  if (weights.length === 0 && files.includes(WEIGHTS_INDEX)) {
    weights.push(WEIGHTS_INDEX);
    const shards = shardNames(await readFile(join(folder, WEIGHTS_INDEX), 'utf8'));
    if (shards === null) problems.push(BAD_INDEX);
    for (const shard of shards ?? []) {
      if (await isThere(shard)) weights.push(shard);
      else problems.push(`${shard} is missing; ${WEIGHTS_INDEX} names it`);
    }
  }
  return { files: [...TEXT_FILES.filter((name) => files.includes(name)), ...weights], problems };
}

/** The same as an error: one `input` error that lists all that is missing and what is there. */
export async function requireModelFolder(folder: string): Promise<void> {
  const { problems } = await checkModelFolder(folder);
  if (problems.length === 0) return;
  const present = (await readdir(folder)).sort();
  const shown = present.slice(0, 12).join(', ') + (present.length > 12 ? `, … (${present.length} in all)` : '');
  throw problemsError('input', `${folder} is not a model folder that DARSE can read:`, [
    ...problems,
    present.length === 0 ? 'the folder is empty' : `what is there: ${shown}`,
  ]);
}

export const BAD_INDEX = `${WEIGHTS_INDEX} is not an index: it must be JSON with "weight_map" giving a .safetensors file for every tensor`;

/** What is wrong with a model that has these files; `place` is its folder or hub name. */
export function missingFiles(files: readonly string[], place: string): string[] {
  const problems: string[] = [];
  for (const name of TEXT_FILES) {
    if (files.includes(name) || OPTIONAL_FILES.has(name)) continue;
    problems.push(
      name === 'tokenizer.json'
        ? `tokenizer.json is missing; make it in Python: from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('${place}', use_fast=True).save_pretrained('FOLDER')`
        : `${name} is missing`,
    );
  }
  if (!files.includes(WEIGHTS) && !files.includes(WEIGHTS_INDEX)) {
    const pickle = PICKLES.find((name) => files.includes(name));
    problems.push(
      pickle === undefined
        ? `${WEIGHTS} (or ${WEIGHTS_INDEX} with its parts) is missing`
        : `the weights are only there as ${pickle}, a pickle, which DARSE does not read because reading one can run any code hidden in it; convert it where you trust it, in Python: from transformers import AutoModel; AutoModel.from_pretrained('${place}').save_pretrained('FOLDER', safe_serialization=True)`,
    );
  }
  return problems;
}

/** The weight files that an index names, each once, sorted; null where it is not an index. */
export function shardNames(indexText: string): string[] | null {
  try {
    const index = v.parse(IndexSchema, JSON.parse(indexText));
    return [...new Set(Object.values(index.weight_map))].sort();
  } catch {
    return null;
  }
}
