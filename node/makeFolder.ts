import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DarseError } from '../shared/study/darseError.ts';
import { fileProblem } from './fileSource.ts';

/** Makes a folder, and those above it, where it is not there. Throws `file`. */
export async function makeFolder(path: string): Promise<void> {
  await makeWithParents(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DarseError('file', `cannot make the folder ${path}: ${fileProblem(cause)}`, { cause });
  });
}

/** Not by `recursive`: where the system makes no folder, as in /proc, Node 20 then tries for ever. */
async function makeWithParents(path: string): Promise<void> {
  const parent = dirname(path);
  const refusal = await makeOne(path);
  if (refusal === null) return;
  if (refusal.code !== 'ENOENT' || parent === path) throw refusal;
  await makeWithParents(parent);
  const second = await makeOne(path);
  if (second !== null) throw second;
}

/** Makes the folder where it is not there, its parent being there; why it cannot be. */
async function makeOne(path: string): Promise<NodeJS.ErrnoException | null> {
  return mkdir(path).then(
    () => null,
    async (cause: NodeJS.ErrnoException) =>
      cause.code === 'EEXIST' && (await stat(path)).isDirectory() ? null : cause,
  );
}
