import { availableParallelism, cpus } from 'node:os';
import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import { createOnnxEngine } from '../shared/engines/onnx/onnxEngine.ts';
import { DarseError } from '../shared/study/darseError.ts';

export interface OnnxNodeOptions {
  readonly readConstant: ReadConstant;
  /** Processor threads that one operation may use. */
  readonly threads?: number;
}

/**
 * How long an idle thread waits awake, in microseconds. Beside sleeping at once, ONNX Runtime's default takes a sixth less time on an idle
 * machine and a quarter to a half more on a busy one; this keeps most of the gain and none of the loss.
 */
const SPIN_DURATION_US = '20';

/** The engine `onnx` on this machine's processor, in Node. Throws an `engine` error where its library does not load. */
export async function openOnnxEngine({
  readConstant,
  threads = availableParallelism(),
}: OnnxNodeOptions): Promise<Engine> {
  const runtime = await loadRuntime();
  return createOnnxEngine({
    runtime,
    readConstant,
    description: {
      name: 'onnx',
      precision: 'float32',
      device: `${cpus()[0]?.model.trim() ?? process.arch}, ${threads} threads`,
      versions: { 'onnxruntime-node': runtime.env.versions.node ?? 'unknown', node: process.versions.node },
      deterministic: true,
    },
    hostOptions: {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      extra: { session: { intra_op: { spin_duration_us: SPIN_DURATION_US } } },
    },
  });
}

async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new DarseError(
      'engine',
      `engine "onnx" does not run here: onnxruntime-node has no library that loads on ${process.platform} ${process.arch} (${String(cause)}); take another engine, such as --engine wasm`,
      { cause },
    );
  }
}
