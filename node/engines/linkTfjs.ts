import { readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Makes a private tfjs-node use this program's copies of tfjs and tfjs-core by links beside it. Other copies would share engine and kernels, which
 * tfjs keeps in globals, but would load everything twice and warn of every kernel. Projects take turns: each sets the links before it loads.
 */
export async function linkTfjs(packageFolder: string): Promise<void> {
  const tfjs = createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json');
  const core = createRequire(tfjs).resolve('@tensorflow/tfjs-core/package.json');
  await replaceLink(join(dirname(packageFolder), 'tfjs'), dirname(tfjs));
  await replaceLink(join(dirname(packageFolder), 'tfjs-core'), dirname(core));
}

async function replaceLink(link: string, target: string): Promise<void> {
  if ((await readlink(link).catch(() => null)) === target) return;
  const fresh = `${link}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, link);
}
