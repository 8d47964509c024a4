import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DarseError } from '../../shared/study/darseError.ts';
import { type HubSettings, hubSettings } from './hubSettings.ts';
import { listModels, readRefs } from './listModels.ts';
import { isCommit, modelFolderName, parseModelId } from './modelId.ts';
import { BUNDLED_MODEL } from './resolveModel.ts';

/**
 * Deletes a downloaded model from the cache: `org/name` all of it, `org/name@revision` that commit and what no other commit uses. Gives the
 * freed bytes. The bundled model and a model that is not there are `usage` errors.
 */
export async function removeModel(
  nameAndRevision: string,
  settings: HubSettings = hubSettings(process.env),
): Promise<number> {
  if (nameAndRevision === BUNDLED_MODEL) throw new DarseError('usage', `${BUNDLED_MODEL} comes with DARSE and stays`);
  const id = parseModelId(nameAndRevision);
  const folder = id === null ? null : join(settings.cacheFolder, modelFolderName(id.name));
  const whole = !nameAndRevision.includes('@');
  if (id === null || folder === null || !(await exists(folder))) throw await notThere(nameAndRevision, settings);
  const before = await blobBytes(folder);
  if (whole) {
    await rm(folder, { recursive: true });
    return before;
  }
  const refs = await readRefs(join(folder, 'refs'));
  const commit = isCommit(id.revision) ? id.revision : refs.find((ref) => ref.name === id.revision)?.commit;
  const snapshot = join(folder, 'snapshots', commit ?? id.revision);
  if (!(await exists(snapshot))) throw await notThere(nameAndRevision, settings);
  await rm(snapshot, { recursive: true });
  for (const ref of refs) if (ref.commit === commit) await rm(ref.path);
  await removeUnused(folder);
  const after = await blobBytes(folder);
  if ((await readdir(join(folder, 'snapshots'))).length === 0) await rm(folder, { recursive: true });
  return before - after;
}

/** Deletes the blobs that no snapshot links to; a download that is under way keeps its partial files. */
async function removeUnused(folder: string): Promise<void> {
  const used = new Set<string>();
  for (const entry of await readdir(join(folder, 'snapshots'), { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory()) used.add(basename(await realpath(join(entry.parentPath, entry.name)).catch(() => '')));
  }
  for (const blob of await readdir(join(folder, 'blobs'))) {
    if (!used.has(blob) && !blob.endsWith('.incomplete')) await rm(join(folder, 'blobs', blob));
  }
}

async function blobBytes(folder: string): Promise<number> {
  const blobs = await readdir(join(folder, 'blobs')).catch(() => []);
  const sizes = await Promise.all(blobs.map(async (blob) => (await stat(join(folder, 'blobs', blob))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function notThere(name: string, settings: HubSettings): Promise<DarseError> {
  const there = (await listModels(settings))
    .filter((model) => !model.bundled)
    .map((model) => `${model.name}@${model.revision}`);
  const list = there.length === 0 ? 'nothing is downloaded' : `downloaded: ${[...new Set(there)].join(', ')}`;
  return new DarseError('usage', `${name} is not in ${settings.cacheFolder}; ${list}`);
}
