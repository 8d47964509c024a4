import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import type { Engine, ReadConstant } from '../../shared/engines/engine.ts';
import { createTfjsEngine } from '../../shared/engines/tfjs/tfjsEngine.ts';
import { DarseError } from '../../shared/study/darseError.ts';

export interface WasmPageOptions {
  readonly readConstant: ReadConstant;
}

/** The engine `wasm` in a page's worker: one thread, the last resort. Throws an `engine` error where it does not start. */
export async function openWasmEngine({ readConstant }: WasmPageOptions): Promise<Engine> {
  const [tf, wasm] = await Promise.all([import('@tensorflow/tfjs'), import('@tensorflow/tfjs-backend-wasm')]);
  // Its threads start from a blob's address, which the page's security policy refuses.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const simd = new URL(simdUrl, import.meta.url).href;
  wasm.setWasmPaths({
    'tfjs-backend-wasm.wasm': new URL(plainUrl, import.meta.url).href,
    'tfjs-backend-wasm-simd.wasm': simd,
    // It wants to know of all three, and does not load this one.
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  if (!(await tf.setBackend('wasm'))) {
    throw new DarseError('engine', 'engine "wasm" does not run here: tfjs could not start its WebAssembly module');
  }
  return createTfjsEngine({
    tf,
    backend: 'wasm',
    readConstant,
    description: {
      name: 'wasm',
      precision: 'float32',
      device: 'processor through WebAssembly, 1 thread',
      versions: { tfjs: tf.version.tfjs, 'tfjs-backend-wasm': wasm.version_wasm },
      deterministic: true,
    },
  });
}
