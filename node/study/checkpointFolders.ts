import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../makeFolder.ts';
import { STUDY_FILES } from '../runFolder.ts';

/** The folder of a trial's checkpoints, made where it is not there. */
export async function checkpointFolder(study: string, trial: number): Promise<string> {
  const path = join(study, STUDY_FILES.running, nameOf(trial));
  await makeFolder(path);
  return path;
}

/** Removes the checkpoints of a trial that has ended. */
export function dropCheckpoints(study: string, trial: number): Promise<void> {
  return rm(join(study, STUDY_FILES.running, nameOf(trial)), { recursive: true, force: true });
}

/** Removes the checkpoints of all trials but those that have begun and not ended. */
export async function keepCheckpointsOf(study: string, trials: readonly { readonly trial: number }[]): Promise<void> {
  const all = join(study, STUDY_FILES.running);
  const kept = new Set(trials.map(({ trial }) => nameOf(trial)));
  await makeFolder(all);
  for (const name of await readdir(all)) {
    if (!kept.has(name)) await rm(join(all, name), { recursive: true });
  }
}

function nameOf(trial: number): string {
  return `trial-${trial}`;
}
