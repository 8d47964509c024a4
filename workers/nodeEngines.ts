import type { Engine, EngineName, ReadConstant } from '../shared/engines/engine.ts';
import { DarseError } from '../shared/study/darseError.ts';
import { openOnnxEngine } from './onnxNode.ts';
import { openTensorflowEngine, type TensorflowNodeOptions } from './tensorflowNode.ts';
import { openWasmEngine } from './wasmNode.ts';
import { openWebgpuEngine } from './webgpuNode.ts';

export interface NodeEngineOptions {
  readonly readConstant: ReadConstant;
  readonly threads?: number | undefined;
  readonly loadTensorflow: TensorflowNodeOptions['loadTensorflow'];
}

/** The engines of Node in the order in which `auto` tries them: the fastest measured first. */
export const NODE_ENGINES: readonly {
  readonly name: EngineName;
  /** What it is and when to take it, in words. */
  readonly about: string;
  readonly open: (options: NodeEngineOptions) => Promise<Engine>;
}[] = [
  {
    name: 'onnx',
    about: 'ONNX Runtime on the processor, all cores; the default without a GPU',
    open: ({ readConstant, threads }) => openOnnxEngine({ readConstant, ...(threads ? { threads } : {}) }),
  },
  {
    name: 'tensorflow',
    about: 'TensorFlow through tfjs-node: CUDA or processor; installed by "darse engines install tensorflow [--gpu]"',
    open: ({ readConstant, loadTensorflow }) => openTensorflowEngine({ readConstant, loadTensorflow }),
  },
  {
    name: 'webgpu',
    about: 'WebGPU through Dawn: any GPU with a Vulkan, Metal or D3D12 driver',
    open: ({ readConstant }) => openWebgpuEngine({ readConstant }),
  },
  {
    name: 'wasm',
    about: 'tfjs on WebAssembly, one core; runs everywhere',
    open: ({ readConstant }) => openWasmEngine({ readConstant }),
  },
];

/** Opens the named engine, or for `auto` the first that works; an `engine` error says why there is none. */
export async function openNodeEngine(name: EngineName | 'auto', options: NodeEngineOptions): Promise<Engine> {
  const reasons: string[] = [];
  for (const engine of NODE_ENGINES.filter((candidate) => name === 'auto' || candidate.name === name)) {
    try {
      return await engine.open(options);
    } catch (error) {
      if (!(error instanceof DarseError) || error.code !== 'engine' || name !== 'auto') throw error;
      reasons.push(error.message);
    }
  }
  throw new DarseError('engine', `no engine works here:\n${reasons.join('\n')}`);
}
