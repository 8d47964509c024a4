import { readFileSync } from 'node:fs';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { goldenPath } from './golden.ts';
import { memorySource } from './memorySource.ts';

export interface GoldenTensor {
  readonly shape: readonly number[];
  /** Integers too, as numbers. */
  readonly data: Float32Array;
}

/** Every tensor of a safetensors file of the golden folder. */
export async function goldenTensors(...parts: string[]): Promise<Map<string, GoldenTensor>> {
  const source = memorySource(parts.join('/'), readFileSync(goldenPath(...parts)));
  const file = await readSafetensors(source);
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, { dtype, shape, begin, end }] of file.tensors) {
    const data =
      dtype === 'I64'
        ? Float32Array.from(new BigInt64Array((await source.read(begin, end)).buffer), Number)
        : await file.readFloat32(name);
    tensors.set(name, { shape, data });
  }
  return tensors;
}
