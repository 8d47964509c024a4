import * as v from 'valibot';
import { readSafetensors } from '../encoder/safetensors.ts';
import type { ByteSource } from '../study/byteSource.ts';
import { DarseError, problemsError } from '../study/darseError.ts';
import {
  ADAPTER_CONFIG_FILE,
  ADAPTER_WEIGHTS_FILE,
  type AdapterFolder,
  HEADS_FILE,
  HeadSettingsSchema,
  SETTINGS_FILE,
  SettingsFileSchema,
  type StoredTensor,
} from './adapterFolder.ts';
import { folderProblems } from './folderProblems.ts';
import { PeftConfigSchema } from './peftConfigSchema.ts';
import { readAllTensors } from './readAllTensors.ts';
import { readPeftModules } from './readPeftModules.ts';

/**
 * Reads an adapter folder that `peftFolder` wrote: its files by name; others than the four it needs are ignored.
 *
 * Throws one `input` error, headed by `name`, with every problem of every file.
 */
export async function readAdapterFolder(files: ReadonlyMap<string, ByteSource>, name: string): Promise<AdapterFolder> {
  const problems: string[] = [];
  const settings = await readJson(files, SETTINGS_FILE, SettingsFileSchema, problems);
  const heads = await readTensors(files, HEADS_FILE, problems);
  const adapted = settings?.adapted ?? files.has(ADAPTER_CONFIG_FILE);
  const config = adapted ? await readJson(files, ADAPTER_CONFIG_FILE, PeftConfigSchema, problems) : undefined;
  const factors = adapted ? await readTensors(files, ADAPTER_WEIGHTS_FILE, problems) : undefined;
  const modules = config && factors ? readPeftModules(factors, config, problems) : [];
  if (settings && heads) {
    const folder: AdapterFolder = {
      modules,
      rsLora: config?.use_rslora ?? false,
      loraDropout: config?.lora_dropout ?? 0,
      settings: v.parse(HeadSettingsSchema, settings),
      heads,
    };
    problems.push(...folderProblems(folder));
    if (problems.length === 0) return folder;
  }
  throw problemsError('input', `${name} is no adapter folder that DARSE can use:`, problems);
}

async function readJson<S extends v.GenericSchema>(
  files: ReadonlyMap<string, ByteSource>,
  file: string,
  schema: S,
  problems: string[],
): Promise<v.InferOutput<S> | undefined> {
  const source = files.get(file);
  if (source === undefined) {
    problems.push(`${file} is missing`);
    return undefined;
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.byteLength)));
  } catch (error) {
    problems.push(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  for (const issue of result.issues)
    problems.push(`${file}: ${v.getDotPath(issue) ?? 'its content'}: ${issue.message}`);
  return undefined;
}

async function readTensors(
  files: ReadonlyMap<string, ByteSource>,
  file: string,
  problems: string[],
): Promise<Map<string, StoredTensor> | undefined> {
  const source = files.get(file);
  if (source === undefined) {
    problems.push(`${file} is missing`);
    return undefined;
  }
  try {
    return await readAllTensors(await readSafetensors(source));
  } catch (error) {
    if (!(error instanceof DarseError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
