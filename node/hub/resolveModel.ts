import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DarseError } from '../../shared/study/darseError.ts';
import { checkModelFolder, requireModelFolder } from './checkModelFolder.ts';
import { type DownloadModelOptions, downloadModel } from './downloadModel.ts';
import { type HubSettings, hubSettings } from './hubSettings.ts';
import { isCommit, type ModelId, modelFolderName, parseModelId } from './modelId.ts';

/** The backbone that comes with DARSE. */
export const BUNDLED_MODEL = 'minilm-l6';
const BUNDLED_ORIGIN = 'sentence-transformers/all-MiniLM-L6-v2';
const BUNDLED_FOLDER = join(import.meta.dirname, '..', '..', 'shared', 'assets', BUNDLED_MODEL);

/** A folder with `config.json`, `tokenizer.json` and weights that is known to be whole. */
export interface ModelFolder {
  readonly path: string;
  /** `minilm-l6`, a hub id, or the folder's own name. */
  readonly name: string;
  /** The commit of a hub id. */
  readonly revision?: string;
  /** The hub id that the bundled backbone is an int8 copy of. */
  readonly origin?: string;
}

export interface ResolveModelOptions extends DownloadModelOptions {
  /** Where the hub is and models are cached; from the process's environment by default. */
  readonly settings?: HubSettings | undefined;
}

/**
 * The folder of a model: `minilm-l6` (bundled), the path of a folder, or a hub id `org/name[@revision]`, which is downloaded unless the cache
 * holds it whole; then no request is made, and the cached commit stays the one used. Wrong folders are one `input` error with all that is missing.
 */
export async function resolveModel(nameOrPath: string, options: ResolveModelOptions = {}): Promise<ModelFolder> {
  if (nameOrPath === BUNDLED_MODEL) return bundledModel();
  const found = await stat(nameOrPath).catch(() => null);
  if (found?.isDirectory() === true) {
    const path = resolve(nameOrPath);
    await requireModelFolder(path);
    return { path, name: basename(path) };
  }
  if (found !== null) {
    throw new DarseError(
      'input',
      `${nameOrPath} is a file; a model is a folder with config.json, tokenizer.json and model.safetensors`,
    );
  }
  const id = parseModelId(nameOrPath);
  if (id === null) {
    throw new DarseError(
      'input',
      `no model "${nameOrPath}": there is no such folder, and a hub id looks like FacebookAI/roberta-large or FacebookAI/roberta-large@main; ${BUNDLED_MODEL} comes with DARSE`,
    );
  }
  return hubModel(id, options.settings ?? hubSettings(process.env), options);
}

/** The model that comes with DARSE. */
export function bundledModel(): ModelFolder {
  return { path: BUNDLED_FOLDER, name: BUNDLED_MODEL, origin: BUNDLED_ORIGIN };
}

async function hubModel(id: ModelId, settings: HubSettings, options: DownloadModelOptions): Promise<ModelFolder> {
  const repoFolder = join(settings.cacheFolder, modelFolderName(id.name));
  const cached = await cachedCommit(repoFolder, id.revision);
  if (cached !== null) {
    const path = snapshotPath(repoFolder, cached);
    const check = await checkModelFolder(path).catch(() => null);
    if (check?.problems.length === 0) return { path, name: id.name, revision: cached };
  }
  if (settings.offline) {
    throw new DarseError(
      'download',
      `${id.name}@${id.revision} is not whole in ${settings.cacheFolder} and HF_HUB_OFFLINE forbids requests; run once without it, or copy the cache from another machine`,
    );
  }
  const revision = await downloadModel(id, settings, options);
  const path = snapshotPath(repoFolder, revision);
  await requireModelFolder(path);
  return { path, name: id.name, revision };
}

function snapshotPath(repoFolder: string, commit: string): string {
  return join(repoFolder, 'snapshots', commit);
}

/** The commit that a revision meant when it was last downloaded. */
async function cachedCommit(repoFolder: string, revision: string): Promise<string | null> {
  const commit = isCommit(revision)
    ? revision
    : (await readFile(join(repoFolder, 'refs', revision), 'utf8').catch(() => '')).trim();
  return isCommit(commit) ? commit : null;
}
