import type { Dtype } from './safetensorsFormat.ts';

/** Named tensors, read one at a time: one safetensors file or the shards of a checkpoint. */
export interface TensorStore {
  /** Every tensor; the scales of a quantised tensor belong to it and are not named. */
  names(): Iterable<string>;
  info(name: string): { readonly dtype: Dtype; readonly shape: readonly number[] } | undefined;
  /** A tensor's values in row-major order, all finite. Throws `input` where it is missing, not of a float kind, or not finite. */
  readFloat32(name: string): Promise<Float32Array<ArrayBuffer>>;
}
