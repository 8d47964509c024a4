import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { checkModelFolder } from './checkModelFolder.ts';
import { type HubSettings, hubSettings } from './hubSettings.ts';
import { bundledModel, type ModelFolder } from './resolveModel.ts';

export interface ListedModel extends ModelFolder {
  readonly bundled: boolean;
  /** Branches and tags that meant this commit when last downloaded. */
  readonly refs: readonly string[];
  /** The files DARSE reads; copies shared with other commits count for each. */
  readonly byteLength: number;
}

/** The bundled backbone and every downloaded one that is whole, by name; one entry for every commit that is there. */
export async function listModels(settings: HubSettings = hubSettings(process.env)): Promise<ListedModel[]> {
  const listed = [await measured(bundledModel(), true, [])];
  for (const { name, folder } of await cachedRepositories(settings)) {
    const refs = await readRefs(join(folder, 'refs'));
    for (const commit of await entriesOf(join(folder, 'snapshots'))) {
      const path = join(folder, 'snapshots', commit);
      if (!(await isBackbone(path))) continue;
      const names = refs.filter((ref) => ref.commit === commit).map((ref) => ref.name);
      listed.push(await measured({ path, name, revision: commit }, false, names));
    }
  }
  return listed;
}

async function cachedRepositories(settings: HubSettings): Promise<{ name: string; folder: string }[]> {
  const names = (await entriesOf(settings.cacheFolder)).filter((entry) => /^models--[^-].*?--/.test(entry)).sort();
  return names.map((entry) => ({
    name: entry.slice('models--'.length).replace('--', '/'),
    folder: join(settings.cacheFolder, entry),
  }));
}

/** Whole and an encoder that DARSE runs; the cache may hold other models for other tools. */
async function isBackbone(path: string): Promise<boolean> {
  const check = await checkModelFolder(path).catch(() => null);
  if (check?.problems.length !== 0) return false;
  try {
    parseEncoderConfig(JSON.parse(await readFile(join(path, 'config.json'), 'utf8')));
    return true;
  } catch {
    return false;
  }
}

async function measured(model: ModelFolder, bundled: boolean, refs: readonly string[]): Promise<ListedModel> {
  const { files } = await checkModelFolder(model.path);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(model.path, file))).size));
  return { ...model, bundled, refs, byteLength: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The branches and tags below a `refs` folder (their names may have slashes) and their commits. */
export async function readRefs(folder: string): Promise<{ name: string; commit: string; path: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (path) => ({
      path,
      name: path.slice(folder.length + 1).replaceAll('\\', '/'),
      commit: (await readFile(path, 'utf8')).trim(),
    })),
  );
}

/** The names in a folder; none where there is no such folder. */
async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
