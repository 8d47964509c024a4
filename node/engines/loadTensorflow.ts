import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';
import { DarseError, problemsError } from '../../shared/study/darseError.ts';
import { linkTfjs } from './linkTfjs.ts';
import { findTensorflowPackages, type TensorflowPackage } from './tensorflowPackages.ts';
import { tensorflowStatus } from './tensorflowStatus.ts';

/** The backend that tfjs-node has registered. */
export interface LoadedTensorflow {
  /** The folder of the package. */
  readonly modulePath: string;
  /** Of TensorFlow itself, `2.18.1`. */
  readonly libraryVersion: string;
  /** False also for the GPU package where no driver was found. */
  readonly usesGpu: boolean;
  /** Why packages that come first were passed over. */
  readonly passedOver: readonly string[];
}

const BackendSchema = v.object({
  binding: v.object({ TF_Version: v.string() }),
  isUsingGpuDevice: v.boolean(),
});

/**
 * Registers the backend `tensorflow` in this program's own `@tensorflow/tfjs` and makes it the current one, as tfjs-node does on load. The first
 * package that loads is taken: the project's own, then the private ones, GPU before CPU. An `engine` error says why none does.
 */
export async function loadTensorflow(): Promise<LoadedTensorflow> {
  const packages = findTensorflowPackages();
  if (packages.length === 0)
    throw new DarseError('engine', `the engine tensorflow is not there: ${tensorflowStatus().reason}`);
  const passedOver: string[] = [];
  for (const candidate of packages) {
    try {
      return { ...(await loadTensorflowPackage(candidate)), passedOver };
    } catch (error) {
      passedOver.push(`${candidate.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw problemsError(
    'engine',
    'the engine tensorflow does not load; npx darse engines install tensorflow puts it right:',
    passedOver,
  );
}

/** Loads one package; throws what its loading throws. */
export async function loadTensorflowPackage(
  candidate: TensorflowPackage,
): Promise<Omit<LoadedTensorflow, 'passedOver'>> {
  if (candidate.isPrivate) await linkTfjs(candidate.path);
  restoreUtilFunctions();
  // TensorFlow otherwise greets on standard error with the CPU's instruction sets.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  createRequire(join(candidate.path, 'package.json'))(candidate.path);
  const backend = v.parse(BackendSchema, tf.engine().findBackend('tensorflow'));
  return { modulePath: candidate.path, libraryVersion: backend.binding.TF_Version, usesGpu: backend.isUsingGpuDevice };
}

/** tfjs-node 4.22.0 calls two functions of `node:util` that Node 23 dropped (tensorflow/tfjs #8609). */
function restoreUtilFunctions(): void {
  const dropped = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, replacement] of Object.entries(dropped)) {
    if (!(name in util)) Object.assign(util, { [name]: replacement });
  }
}
