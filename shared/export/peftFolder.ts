import type * as v from 'valibot';
import { writeSafetensors } from '../encoder/safetensorsWriter.ts';
import { problemsError } from '../study/darseError.ts';
import {
  ADAPTER_CONFIG_FILE,
  ADAPTER_WEIGHTS_FILE,
  type AdapterFolder,
  CARD_FILE,
  HEADS_FILE,
  LOADER_FILE,
  SETTINGS_FILE,
  type StoredTensor,
  type SettingsFileSchema,
} from './adapterFolder.ts';
import { folderProblems } from './folderProblems.ts';
import { LOADER_SCRIPT } from './loaderScript.ts';
import { modelCard, type TrainingFacts } from './modelCard.ts';
import { peftConfig } from './peftConfig.ts';
import { peftKeys } from './peftKeys.ts';

/** What PyTorch's readers expect among a safetensors file's metadata. */
const METADATA = new Map([['format', 'pt']]);

/**
 * The files of an adapter folder that PEFT loads on `AutoModel`, with DARSE's heads, a Python loader and a model card
 * beside it, by file name. Where no module is adapted there is nothing PEFT could load: its two files are left out.
 *
 * Throws `internal` with everything that does not fit together or is not finite.
 */
export function peftFolder(adapter: AdapterFolder, training: TrainingFacts): Map<string, Uint8Array> {
  const problems = folderProblems(adapter);
  if (problems.length > 0) throw problemsError('internal', 'the adapter cannot be written:', problems);
  const text = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  if (adapter.modules.length > 0) {
    files.set(ADAPTER_CONFIG_FILE, text.encode(jsonText(peftConfig(adapter))));
    files.set(ADAPTER_WEIGHTS_FILE, writeSafetensors(adapterTensors(adapter), METADATA));
  }
  files.set(HEADS_FILE, writeSafetensors(adapter.heads, METADATA));
  files.set(SETTINGS_FILE, text.encode(jsonText(settingsFile(adapter))));
  files.set(LOADER_FILE, text.encode(LOADER_SCRIPT));
  files.set(CARD_FILE, text.encode(modelCard(adapter, training)));
  return files;
}

function adapterTensors({ modules }: AdapterFolder): Map<string, StoredTensor> {
  return new Map(
    modules.flatMap(({ path, inputSize, outputSize, rank, A, B }) => {
      const keys = peftKeys(path);
      return [
        [keys.A, { shape: [rank, inputSize], data: A }],
        [keys.B, { shape: [outputSize, rank], data: B }],
      ] as const;
    }),
  );
}

function settingsFile({ modules, settings }: AdapterFolder): v.InferOutput<typeof SettingsFileSchema> {
  return { format: 'darse-heads', version: 1, adapted: modules.length > 0, ...settings };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
