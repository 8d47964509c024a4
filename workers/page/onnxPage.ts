import runtimeUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { Engine, ReadConstant } from '../../shared/engines/engine.ts';
import { createOnnxEngine } from '../../shared/engines/onnx/onnxEngine.ts';
import { encodeOnnxModel } from '../../shared/engines/onnx/onnxProto.ts';
import { DarseError } from '../../shared/study/darseError.ts';

export interface OnnxPageOptions {
  readonly readConstant: ReadConstant;
  readonly threads: number;
}

/** The engine `onnx` in a page's worker, on onnxruntime-web's WebAssembly. Throws an `engine` error where it does not start. */
export async function openOnnxEngine({ readConstant, threads }: OnnxPageOptions): Promise<Engine> {
  const runtime = await import('onnxruntime-web/wasm');
  const { wasm } = runtime.env;
  wasm.wasmPaths = { mjs: absolute(runtimeUrl), wasm: absolute(wasmUrl) };
  wasm.numThreads = threads;
  wasm.proxy = false;
  try {
    await startRuntime(runtime);
  } catch (cause) {
    throw new DarseError(
      'engine',
      `engine "onnx" does not run here: onnxruntime-web did not start (${String(cause)})`,
      {
        cause,
      },
    );
  }
  return createOnnxEngine({
    runtime,
    readConstant,
    description: {
      name: 'onnx',
      precision: 'float32',
      device: `processor through WebAssembly, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
      versions: { 'onnxruntime-web': runtime.env.versions.web ?? 'unknown' },
      deterministic: true,
    },
    hostOptions: { executionProviders: ['wasm'], intraOpNumThreads: threads },
  });
}

/** A bundler writes addresses relative to the page's folder. */
function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}

/** The runtime loads with its first session: a graph of one operation tells whether it does. */
const PROBE = encodeOnnxModel({
  inputs: [{ name: 'x', type: 'float32', shape: [1] }],
  outputs: [{ name: 'y', type: 'float32', shape: [1] }],
  initializers: [],
  external: [],
  nodes: [{ operator: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
});

async function startRuntime(runtime: typeof import('onnxruntime-web')): Promise<void> {
  const probe = await runtime.InferenceSession.create(PROBE, { executionProviders: ['wasm'] });
  await probe.release();
}
