import { randomUUID } from 'node:crypto';
import { copyFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { downloadFile, modelInfo, type PathInfo, pathsInfo } from '@huggingface/hub';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { DarseError, problemsError } from '../../shared/study/darseError.ts';
import { makeFolder } from '../makeFolder.ts';
import {
  BAD_INDEX,
  KNOWN_FILES,
  missingFiles,
  shardNames,
  TEXT_FILES,
  WEIGHTS,
  WEIGHTS_INDEX,
} from './checkModelFolder.ts';
import { type BlobSpec, downloadBlob, type OpenBytes } from './downloadBlob.ts';
import { createHubFetch, PassingFailure } from './hubFetch.ts';
import { type HubSettings, readToken } from './hubSettings.ts';
import { isCommit, type ModelId, modelFolderName } from './modelId.ts';
import { type RetryOptions, retry } from './retry.ts';
import { stallGuard } from './stallGuard.ts';

export interface DownloadModelOptions extends RetryOptions {
  /** Called at least once a file: how much of it is there. */
  readonly onProgress?: ((file: string, doneBytes: number, totalBytes: number) => void) | undefined;
  /** Silence on a connection after which it counts as dropped; 30,000 by default. */
  readonly stallMs?: number | undefined;
}

/** What one download needs at every step. */
interface Session extends DownloadModelOptions {
  readonly settings: HubSettings;
  readonly token: string | null;
  readonly id: ModelId;
}

/**
 * Brings the files DARSE reads of a model into the cache of huggingface_hub (`blobs/OID`, `snapshots/COMMIT/FILE`, `refs/REVISION`), each checked
 * for length and hash, and gives the commit. Everything is fetched at the commit that the revision means now. Weights come last.
 * `download`, `input` and `file` errors say what to do.
 */
export async function downloadModel(
  id: ModelId,
  settings: HubSettings,
  options: DownloadModelOptions,
): Promise<string> {
  const session: Session = { ...options, settings, id, token: await readToken(settings) };
  const commit = await askHub(session, async (access) => {
    const info = await modelInfo({ ...access, name: id.name, revision: id.revision, additionalFields: ['sha'] });
    return info.sha;
  });
  if (!isCommit(commit))
    throw new DarseError('download', `${settings.endpoint} gave no commit for ${id.name}; is it a Hugging Face hub?`);
  const repoFolder = join(settings.cacheFolder, modelFolderName(id.name));
  const listed = await listFiles(session, commit, KNOWN_FILES);
  const names = listed.map((file) => file.path);
  const problems = missingFiles(names, id.name);
  if (problems.length > 0)
    throw problemsError('input', `${id.name} at ${settings.endpoint} is not a model that DARSE can read:`, problems);
  for (const file of listed) {
    if (!TEXT_FILES.some((name) => name === file.path)) continue;
    const path = await fetchFile(session, repoFolder, commit, file);
    if (file.path === 'config.json') await requireEncoder(path, id);
  }
  for (const file of await listWeights(session, repoFolder, commit, listed))
    await fetchFile(session, repoFolder, commit, file);
  if (!isCommit(id.revision)) await writeRef(join(repoFolder, 'refs', id.revision), commit);
  return commit;
}

/** Refuses a model of another kind before its weights are fetched. */
async function requireEncoder(configPath: string, id: ModelId): Promise<void> {
  const name = `config.json of ${id.name}`;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(configPath, 'utf8'));
  } catch (cause) {
    throw new DarseError('input', `${name} is not JSON`, { cause });
  }
  parseEncoderConfig(json, name);
}

/** The weights in one file, or the index (fetched at once, as it names them) and its parts. */
async function listWeights(
  session: Session,
  repoFolder: string,
  commit: string,
  listed: readonly PathInfo[],
): Promise<PathInfo[]> {
  const whole = listed.find((file) => file.path === WEIGHTS);
  if (whole !== undefined) return [whole];
  const index = listed.find((file) => file.path === WEIGHTS_INDEX);
  if (index === undefined) return [];
  const indexPath = await fetchFile(session, repoFolder, commit, index);
  const shards = shardNames(await readFile(indexPath, 'utf8'));
  if (shards === null) throw new DarseError('input', `${session.id.name}: ${BAD_INDEX}`);
  const parts = await listFiles(session, commit, shards);
  const missing = shards.filter((shard) => !parts.some((part) => part.path === shard));
  if (missing.length === 0) return parts;
  throw problemsError('input', `${session.id.name} lacks weights that its ${WEIGHTS_INDEX} names:`, missing);
}

/** Those of `paths` that the model has at a commit, in the order of `paths`. */
async function listFiles(session: Session, commit: string, paths: string[]): Promise<PathInfo[]> {
  const found = await askHub(session, (access) =>
    pathsInfo({ ...access, repo: session.id.name, paths, revision: commit, expand: true }),
  );
  return paths.flatMap((path) => found.find((file) => file.path === path && file.type === 'file') ?? []);
}

/** One small request, tried again where its failure may pass. */
function askHub<T>(session: Session, ask: (access: { hubUrl: string; fetch: typeof fetch }) => Promise<T>): Promise<T> {
  const { id, settings } = session;
  const attempt = async () => {
    const guard = stallGuard(session.stallMs, session.signal);
    try {
      const hubFetch = createHubFetch({ ...session, model: id.name, revision: id.revision, signal: guard.signal });
      return await ask({ hubUrl: settings.endpoint, fetch: hubFetch });
    } catch (error) {
      if (error instanceof PassingFailure || error instanceof DarseError) throw error;
      session.signal?.throwIfAborted();
      throw new PassingFailure(`the answer broke off (${error instanceof Error ? error.message : String(error)})`, 0, {
        cause: error,
      });
    } finally {
      guard.stop();
    }
  };
  return retry(`asking ${settings.endpoint} about ${id.name}`, attempt, session);
}

/** Downloads a file unless its blob is there and links it into the snapshot; gives the path of the link. */
async function fetchFile(session: Session, repoFolder: string, commit: string, file: PathInfo): Promise<string> {
  const oid = file.lfs?.oid ?? file.oid ?? '';
  const hash = file.lfs === undefined ? 'git' : 'sha256';
  // The id becomes a file name.
  if (!(hash === 'git' ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/).test(oid)) {
    throw new DarseError(
      'download',
      `${session.settings.endpoint} lists no usable hash for ${file.path} of ${session.id.name}`,
    );
  }
  const byteLength = file.lfs?.size ?? file.size;
  const blob: BlobSpec = { label: `${file.path} of ${session.id.name}`, oid, hash, byteLength };
  const blobs = join(repoFolder, 'blobs');
  await downloadBlob(blobs, blob, openHubFile(session, commit, file.path, blob), {
    ...session,
    onBytes: (done) => session.onProgress?.(file.path, done, byteLength),
  });
  session.onProgress?.(file.path, byteLength, byteLength);
  const pointer = join(repoFolder, 'snapshots', commit, file.path);
  await makeFolder(dirname(pointer));
  await linkBlob(join(blobs, oid), pointer);
  return pointer;
}

/** Reads a file of the hub from an offset on, by plain HTTP: unlike the Xet protocol it is resumed by one Range header. */
function openHubFile(session: Session, commit: string, path: string, blob: BlobSpec): OpenBytes {
  const { id, settings } = session;
  return async function* (offset, signal) {
    const hubFetch = createHubFetch({ ...session, model: id.name, revision: commit, signal });
    // The package's stream keeps only the message of a failed request.
    let failure: unknown = null;
    const checkedFetch: typeof fetch = async (input, init) => {
      try {
        const response = await hubFetch(input, init);
        checkLength(response, blob, offset);
        return response;
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    const url = `${settings.endpoint}/${id.name}/resolve/${commit}/${path}`;
    const downloadInfo = { url, size: blob.byteLength, etag: blob.oid };
    const lazy = await downloadFile({
      repo: id.name,
      path,
      revision: commit,
      xet: false,
      downloadInfo,
      fetch: checkedFetch,
    });
    if (lazy === null) return;
    try {
      yield* lazy.slice(offset).stream();
    } catch (error) {
      signal.throwIfAborted();
      throw failure ?? new PassingFailure('the connection dropped', 0, { cause: error });
    }
  };
}

function checkLength(response: Response, blob: BlobSpec, offset: number): void {
  const announced = response.headers.get('Content-Length');
  const wanted = blob.byteLength - offset;
  if (announced === null || Number(announced) === wanted) return;
  void response.body?.cancel();
  throw new DarseError(
    'download',
    `${blob.label}: the server announces ${announced} bytes where the hub's list says ${wanted}; try again, or set HF_ENDPOINT to another mirror`,
  );
}

/** A relative link as huggingface_hub makes it; where links are not allowed (Windows) a copy. An older entry is replaced. */
async function linkBlob(blob: string, pointer: string): Promise<void> {
  const fresh = `${pointer}.${randomUUID()}`;
  try {
    await symlink(relative(dirname(pointer), blob), fresh);
  } catch {
    await copyFile(blob, fresh);
  }
  await rename(fresh, pointer);
}

async function writeRef(path: string, commit: string): Promise<void> {
  await makeFolder(dirname(path));
  const fresh = `${path}.${randomUUID()}`;
  try {
    await writeFile(fresh, commit);
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}
