import * as v from 'valibot';
import type { ByteSource } from '../study/byteSource.ts';
import { DarseError, problemsError } from '../study/darseError.ts';
import { readSafetensors } from './safetensors.ts';
import type { TensorStore } from './tensorStore.ts';

const IndexSchema = v.object({ weight_map: v.pipe(v.record(v.string(), v.string()), v.minEntries(1)) });

/**
 * The file of each tensor, as a parsed `model.safetensors.index.json` says. The names are data from a stranger: one that is more
 * than a plain file name (a path, a control character) is refused with `input`.
 */
export function readCheckpointIndex(index: unknown): Map<string, string> {
  const parsed = v.safeParse(IndexSchema, index);
  if (!parsed.success)
    throw new DarseError('input', 'model.safetensors.index.json must hold "weight_map": tensor names with file names');
  const weightMap = new Map(Object.entries(parsed.output.weight_map));
  const unsafe = [...new Set(weightMap.values())].filter((name) => !isPlainFileName(name));
  if (unsafe.length > 0) {
    const problems = unsafe.map((name) => `${JSON.stringify(name)} is not a plain file name`);
    throw problemsError('input', 'model.safetensors.index.json names files it must not:', problems);
  }
  return weightMap;
}

function isPlainFileName(name: string): boolean {
  return /^[^/\\:\p{Cc}]+$/u.test(name) && !/^\.+$/.test(name);
}

/**
 * A checkpoint as one store: a single safetensors file, or the shards that `index` (a parsed `model.safetensors.index.json`) tells of.
 * `files` holds the opened sources by file name. Throws `input` listing every disagreement of index and shards.
 */
export async function openCheckpoint(files: ReadonlyMap<string, ByteSource>, index?: unknown): Promise<TensorStore> {
  if (index === undefined) {
    const [source, ...others] = files.values();
    if (source && others.length === 0) return readSafetensors(source);
    throw new DarseError('input', `a checkpoint of ${files.size} files needs a model.safetensors.index.json`);
  }
  const weightMap = readCheckpointIndex(index);
  const expected = new Set(weightMap.values());
  const problems = [...expected].filter((name) => !files.has(name)).map((name) => `the file ${name} is missing`);
  const stores = new Map<string, TensorStore>();
  const holders = new Map<string, string>();
  for (const [fileName, source] of files) {
    if (!expected.has(fileName)) {
      problems.push(`the file ${fileName} is not in the index`);
      continue;
    }
    const file = await readSafetensors(source);
    stores.set(fileName, file);
    for (const tensor of file.tensors.keys()) {
      const other = holders.get(tensor);
      const listed = weightMap.get(tensor);
      if (other !== undefined) problems.push(`${JSON.stringify(tensor)} is in ${other} and in ${fileName}`);
      else if (listed === undefined) problems.push(`${JSON.stringify(tensor)} of ${fileName} is not in the index`);
      holders.set(tensor, fileName);
    }
    for (const [tensor, listed] of weightMap) {
      if (listed === fileName && !file.tensors.has(tensor))
        problems.push(`${JSON.stringify(tensor)} is not in ${fileName}, where the index has it`);
    }
  }
  if (problems.length > 0)
    throw problemsError('input', 'the checkpoint and its model.safetensors.index.json disagree:', problems);

  const storeOf = (tensor: string) => stores.get(weightMap.get(tensor) ?? '');
  return {
    *names() {
      for (const store of stores.values()) yield* store.names();
    },
    info: (name) => storeOf(name)?.info(name),
    async readFloat32(name) {
      const store = storeOf(name);
      if (!store) throw new DarseError('input', `the checkpoint has no tensor ${JSON.stringify(name)}`);
      return store.readFloat32(name);
    },
  };
}
