import type * as tensorflow from '@tensorflow/tfjs';

/** The tfjs module; it is handed in, so that nothing loads it before an engine is opened. */
export type Tfjs = typeof tensorflow;
export type Tensor = tensorflow.Tensor;

export type TfjsBackend = 'wasm' | 'webgpu' | 'tensorflow' | 'cpu';

/** The tfjs module and which of its backends computes. */
export interface TfjsContext {
  readonly tf: Tfjs;
  readonly backend: TfjsBackend;
  /** The name it is registered under. */
  readonly backendName: string;
}

/** Whether products take a transposed factor at no cost: WebGPU then uses its scalar kernel, wasm one 15 times slower. */
export function transposesInProducts(backend: TfjsBackend): boolean {
  return backend === 'tensorflow' || backend === 'cpu';
}
