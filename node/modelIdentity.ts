import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashModelFiles, isModelFile } from '../shared/trial/hashModelFiles.ts';
import type { TrialGround } from '../shared/trial/trialKey.ts';
import type { ModelFolder } from './hub/resolveModel.ts';

/** What tells one backbone from another: a hub commit, or the SHA-256 over the files of a folder that training depends on. */
export async function modelIdentity({ path, name, revision }: ModelFolder): Promise<TrialGround['model']> {
  if (revision !== undefined) return { name, revision };
  const files = (await readdir(path)).filter(isModelFile);
  const hash = createHash('sha256');
  await hashModelFiles(
    files.map((file) => ({ name: file, stream: () => createReadStream(join(path, file)) })),
    hash,
  );
  return { name, sha256: hash.digest('hex') };
}
