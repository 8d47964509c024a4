import { cpus } from 'node:os';
import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import { createTfjsEngine } from '../shared/engines/tfjs/tfjsEngine.ts';

/** Registers the backend `tensorflow` in `@tensorflow/tfjs`; throws an `engine` error that says why it cannot. */
export type LoadTensorflow = () => Promise<{
  /** Of TensorFlow itself, `2.18.1`. */
  readonly libraryVersion: string;
  readonly usesGpu: boolean;
}>;

export interface TensorflowNodeOptions {
  readonly readConstant: ReadConstant;
  readonly loadTensorflow: LoadTensorflow;
}

/** The engine `tensorflow` in Node: TensorFlow's own kernels, on all cores or through CUDA. */
export async function openTensorflowEngine({ readConstant, loadTensorflow }: TensorflowNodeOptions): Promise<Engine> {
  const tf = await import('@tensorflow/tfjs');
  const { libraryVersion, usesGpu } = await loadTensorflow();
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  return createTfjsEngine({
    tf,
    backend: 'tensorflow',
    readConstant,
    description: {
      name: 'tensorflow',
      precision: 'float32',
      device: usesGpu ? `CUDA device beside ${processor}` : processor,
      versions: { tfjs: tf.version.tfjs, tensorflow: libraryVersion, node: process.versions.node },
      deterministic: false,
    },
  });
}
