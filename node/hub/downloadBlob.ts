import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DarseError } from '../../shared/study/darseError.ts';
import { makeFolder } from '../makeFolder.ts';
import { claimPartial, type PartialFile, touch } from './claimPartial.ts';
import { PassingFailure, RangeIgnored } from './hubFetch.ts';
import { type RetryOptions, retry } from './retry.ts';
import { stallGuard } from './stallGuard.ts';

/** How often a download looks whether another process has finished the same file. */
const POLL_MS = 200;

/** One file as the hub lists it. */
export interface BlobSpec {
  /** What messages call it: `model.safetensors of org/name`. */
  readonly label: string;
  /** Its name among the blobs: the SHA-256 of a large file, the git object id (SHA-1) of a small one. */
  readonly oid: string;
  readonly hash: 'sha256' | 'git';
  readonly byteLength: number;
}

export interface DownloadOptions extends RetryOptions {
  /** Silence on a connection after which it counts as dropped; 30,000 by default. */
  readonly stallMs?: number | undefined;
  /** Bytes that are there, also those of an earlier download. */
  readonly onBytes?: ((doneBytes: number) => void) | undefined;
}

/** The bytes of a file from an offset on. */
export type OpenBytes = (offset: number, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/**
 * Makes `blobsFolder/OID` exist: goes on from what earlier tries left, checks length and hash of the whole, and only then moves it into place.
 * Where another process is at the same file, waits for it. A hash or length that is wrong deletes the partial file (`download` error);
 * a full disk is a `file` error.
 */
export async function downloadBlob(
  blobsFolder: string,
  blob: BlobSpec,
  openBytes: OpenBytes,
  options: DownloadOptions,
): Promise<void> {
  const finished = join(blobsFolder, blob.oid);
  await makeFolder(blobsFolder);
  for (;;) {
    if (await hasLength(finished, blob.byteLength)) return;
    const partial = await claimPartial(blobsFolder, blob.oid);
    if (partial === null) {
      await sleep(POLL_MS, undefined, { signal: options.signal });
      continue;
    }
    try {
      // Another process may have finished between the look and the claim.
      if (await hasLength(finished, blob.byteLength)) await rm(partial.path);
      else await fillPartial(partial, blob, openBytes, options, finished);
      return;
    } catch (error) {
      throw diskFull(error, blobsFolder, blob);
    } finally {
      await partial.release();
    }
  }
}

async function fillPartial(
  partial: PartialFile,
  blob: BlobSpec,
  openBytes: OpenBytes,
  options: DownloadOptions,
  finished: string,
): Promise<void> {
  const file = await open(partial.path, 'r+');
  try {
    const state = await readState(file, partial.path, blob);
    const { bavail, bsize } = await statfs(partial.path);
    if (bavail * bsize < blob.byteLength - state.offset) throw diskFullError(partial.path, blob, bavail * bsize);
    const attempt = async () => {
      await touch(partial.path);
      await append(file, state, blob, openBytes, options);
    };
    await retry(`downloading ${blob.label}`, attempt, options, () => state.offset);
    verify(state, blob);
    await file.sync();
  } catch (error) {
    if (error instanceof WrongBytes) {
      await rm(partial.path, { force: true });
      throw new DarseError('download', error.message);
    }
    throw error;
  } finally {
    await file.close();
  }
  await rename(partial.path, finished);
}

/** What came cannot be the file: nothing of it is worth keeping. */
class WrongBytes extends Error {}

/** How much of the file is there, and the running hash of just that. */
interface State {
  offset: number;
  hash: Hash;
}

function emptyState(blob: BlobSpec): State {
  const hash = blob.hash === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${blob.byteLength}\0`);
  return { offset: 0, hash };
}

async function readState(file: FileHandle, path: string, blob: BlobSpec): Promise<State> {
  const state = emptyState(blob);
  const { size } = await file.stat();
  if (size > blob.byteLength) await file.truncate(0);
  else if (size > 0) {
    for await (const chunk of createReadStream(path, { end: size - 1, highWaterMark: 1 << 20 }))
      state.hash.update(chunk);
    state.offset = size;
  }
  return state;
}

async function append(
  file: FileHandle,
  state: State,
  blob: BlobSpec,
  openBytes: OpenBytes,
  options: DownloadOptions,
): Promise<void> {
  options.onBytes?.(state.offset);
  if (state.offset === blob.byteLength) return;
  const guard = stallGuard(options.stallMs, options.signal);
  try {
    for await (const chunk of openBytes(state.offset, guard.signal)) {
      guard.touch();
      if (state.offset + chunk.length > blob.byteLength) {
        throw new WrongBytes(
          `${blob.label} is longer than the ${blob.byteLength} bytes that the hub lists; the partial file was deleted, try again`,
        );
      }
      // At its place, not at the end: two writers of the same bytes then do each other no harm.
      for (let written = 0; written < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, written, chunk.length - written, state.offset + written);
        written += bytesWritten;
      }
      state.hash.update(chunk);
      state.offset += chunk.length;
      options.onBytes?.(state.offset);
    }
  } catch (error) {
    if (!(error instanceof RangeIgnored)) throw error;
    await file.truncate(0);
    Object.assign(state, emptyState(blob));
    await append(file, state, blob, openBytes, options);
  } finally {
    guard.stop();
  }
  if (state.offset < blob.byteLength)
    throw new PassingFailure(`the connection ended at byte ${state.offset} of ${blob.byteLength}`);
}

function verify(state: State, blob: BlobSpec): void {
  const found = state.hash.digest('hex');
  if (found === blob.oid) return;
  const name = blob.hash === 'sha256' ? 'SHA-256' : 'git object id';
  throw new WrongBytes(
    `${blob.label} came damaged: its ${name} is ${found}, the hub lists ${blob.oid}; the partial file was deleted, try again (if it happens again, something between here and the hub alters downloads)`,
  );
}

async function hasLength(path: string, byteLength: number): Promise<boolean> {
  return (await stat(path).catch(() => null))?.size === byteLength;
}

function diskFull(error: unknown, folder: string, blob: BlobSpec): unknown {
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return isFull ? diskFullError(folder, blob, 0) : error;
}

function diskFullError(path: string, blob: BlobSpec, freeBytes: number): DarseError {
  return new DarseError(
    'file',
    `no room for ${blob.label}: it has ${megabytes(blob.byteLength)}, ${megabytes(freeBytes)} are free at ${path}; free some, or set HF_HUB_CACHE to a folder on another disk`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
