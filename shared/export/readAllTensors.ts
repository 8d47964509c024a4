import type { TensorStore } from '../encoder/tensorStore.ts';
import type { StoredTensor } from './adapterFolder.ts';

/** Every tensor of a small store at once, as float32. Throws `input` where one cannot be read so. */
export async function readAllTensors(store: TensorStore): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const name of store.names()) {
    tensors.set(name, { shape: store.info(name)?.shape ?? [], data: await store.readFloat32(name) });
  }
  return tensors;
}
