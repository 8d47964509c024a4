import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { TrialGround } from '../shared/trial/trialKey.ts';
import type { ModelFolder } from './hub/resolveModel.ts';

/** What tells one backbone from another: a hub commit, or the SHA-256 over the files of a folder that training depends on. */
export async function modelIdentity({ path, name, revision }: ModelFolder): Promise<TrialGround['model']> {
  if (revision !== undefined) return { name, revision };
  const files = (await readdir(path)).filter((file) => /\.(safetensors|json)$/.test(file)).sort();
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file}\n`);
    await pipeline(createReadStream(join(path, file)), hash, { end: false });
  }
  return { name, sha256: hash.digest('hex') };
}
