import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export type TensorflowVariant = 'cpu' | 'gpu';

/** The npm package of each variant; the GPU one comes first wherever both are there. */
export const TENSORFLOW_PACKAGES = { gpu: '@tensorflow/tfjs-node-gpu', cpu: '@tensorflow/tfjs-node' } as const;
export const TFJS_NODE_VERSION = '4.22.0';
export const TENSORFLOW_VERSION = '2.18.1';

/** Written when an installation has passed its test. */
export const INSTALLED_MARK = 'installed.json';

/** One tfjs-node that could be loaded. */
export interface TensorflowPackage {
  readonly variant: TensorflowVariant;
  /** The folder of its package.json. */
  readonly path: string;
  /** Installed by `darse engines install`, not by the project itself. */
  readonly isPrivate: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where `darse engines install tensorflow` puts a variant: below `DARSE_TENSORFLOW_DIR`, or `darse/tensorflow` in the user's cache. */
export function privateTensorflowFolder(variant: TensorflowVariant, environment: Environment = process.env): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(environment['DARSE_TENSORFLOW_DIR'] || join(cache, 'darse', 'tensorflow'), variant);
}

/** The package's folder inside a private folder. */
export function privatePackageFolder(variant: TensorflowVariant, environment: Environment = process.env): string {
  return join(privateTensorflowFolder(variant, environment), 'node_modules', TENSORFLOW_PACKAGES[variant]);
}

/** Every tfjs-node whose native part is there, in the order in which they are tried: the project's own, then the private ones. */
export function findTensorflowPackages(environment: Environment = process.env): TensorflowPackage[] {
  const variants: readonly TensorflowVariant[] = ['gpu', 'cpu'];
  const own = variants.flatMap((variant) => {
    const path = ownPackageFolder(variant);
    return path !== null && hasBinding(path) ? { variant, path, isPrivate: false } : [];
  });
  const installed = variants.flatMap((variant) => {
    const path = privatePackageFolder(variant, environment);
    const mark = join(privateTensorflowFolder(variant, environment), INSTALLED_MARK);
    return existsSync(mark) && hasBinding(path) ? { variant, path, isPrivate: true } : [];
  });
  return [...own, ...installed];
}

/** The `version` of a package folder, or null. */
export function packageVersion(folder: string): string | null {
  try {
    const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const isVersioned =
      typeof json === 'object' && json !== null && 'version' in json && typeof json.version === 'string';
    return isVersioned ? String(json.version) : null;
  } catch {
    return null;
  }
}

/** A package that the project installed as a peer, which needs not be there. */
function ownPackageFolder(variant: TensorflowVariant): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${TENSORFLOW_PACKAGES[variant]}/package.json`));
  } catch {
    return null;
  }
}

/** Whether the native part was built or downloaded: with install scripts switched off a package comes without it. */
function hasBinding(packageFolder: string): boolean {
  const folder = join(packageFolder, 'lib');
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((version) => existsSync(join(folder, version, 'tfjs_binding.node')));
}
