import { join } from 'node:path';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { type WritableTensor, writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { openFileSource } from '../fileSource.ts';
import { STUDY_FILES, writeFolder } from '../runFolder.ts';

/** The entry of the file's metadata that says whose tensors these are. */
const KEY = 'darse.trial';

/** Keeps what a trial trained, every tensor by name, in its study's folder. */
export function storeTrial(
  study: string,
  trial: number,
  key: string,
  parameters: ReadonlyMap<string, WritableTensor>,
): Promise<void> {
  const file = writeSafetensors(parameters, new Map([[KEY, key]]));
  return writeFolder(join(study, STUDY_FILES.adapters), new Map([[fileName(trial), file]]));
}

/** Reads what `storeTrial` kept; `input` where the file is missing, damaged or another trial's. */
export async function readStoredTrial(study: string, trial: number, key: string): Promise<Map<string, WritableTensor>> {
  const source = await openFileSource(join(study, STUDY_FILES.adapters, fileName(trial)));
  try {
    const file = await readSafetensors(source);
    if (file.metadata.get(KEY) !== key) {
      throw new DarseError('input', `${source.name} holds another trial than number ${trial} of this study`);
    }
    const tensors = new Map<string, WritableTensor>();
    for (const [name, { shape }] of file.tensors) tensors.set(name, { shape, data: await file.readFloat32(name) });
    return tensors;
  } finally {
    await source.close();
  }
}

function fileName(trial: number): string {
  return `trial-${String(trial).padStart(4, '0')}.safetensors`;
}
