import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, sep } from 'node:path';
import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import { createTfjsEngine } from '../shared/engines/tfjs/tfjsEngine.ts';
import { DarseError } from '../shared/study/darseError.ts';

export interface WasmNodeOptions {
  readonly readConstant: ReadConstant;
}

/** The engine `wasm` in Node: one thread, because tfjs refuses wasm threads there. Throws an `engine` error where it does not start. */
export async function openWasmEngine({ readConstant }: WasmNodeOptions): Promise<Engine> {
  const [tf, wasm] = await Promise.all([import('@tensorflow/tfjs'), import('@tensorflow/tfjs-backend-wasm')]);
  wasm.setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!(await withoutProcessListeners(() => tf.setBackend('wasm')))) {
    throw new DarseError('engine', 'engine "wasm" does not run here: tfjs could not start its WebAssembly module');
  }
  return createTfjsEngine({
    tf,
    backend: 'wasm',
    readConstant,
    description: {
      name: 'wasm',
      precision: 'float32',
      device: `${cpus()[0]?.model.trim() ?? process.arch}, 1 thread`,
      versions: { tfjs: tf.version.tfjs, 'tfjs-backend-wasm': wasm.version_wasm, node: process.versions.node },
      deterministic: true,
    },
  });
}

/** The module's loader rethrows every uncaught error of the process from listeners of its own, which makes the exit code 7. */
async function withoutProcessListeners<Result>(start: () => Promise<Result>): Promise<Result> {
  const exceptionListeners = process.listeners('uncaughtException');
  const rejectionListeners = process.listeners('unhandledRejection');
  try {
    return await start();
  } finally {
    for (const listener of process.listeners('uncaughtException')) {
      if (!exceptionListeners.includes(listener)) process.off('uncaughtException', listener);
    }
    for (const listener of process.listeners('unhandledRejection')) {
      if (!rejectionListeners.includes(listener)) process.off('unhandledRejection', listener);
    }
  }
}
