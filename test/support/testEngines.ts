import type { Engine, ReadConstant } from '../../shared/engines/engine.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { loadTensorflow } from '../../node/engines/loadTensorflow.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';
import { openTensorflowEngine } from '../../workers/tensorflowNode.ts';
import { openWasmEngine } from '../../workers/wasmNode.ts';
import { openWebgpuEngine } from '../../workers/webgpuNode.ts';

export interface TestEngine {
  readonly name: string;
  readonly open: (readConstant: ReadConstant) => Promise<Engine>;
}

/** The engines that run here; every one passes the same suites. One that needs a driver or an installation is left out, with the reason, where it has none. */
export const TEST_ENGINES: readonly TestEngine[] = [
  { name: 'onnx', open: (readConstant) => openOnnxEngine({ readConstant, threads: 1 }) },
  { name: 'wasm', open: (readConstant) => openWasmEngine({ readConstant }) },
  ...(await whereItRuns({
    name: 'tensorflow',
    open: (readConstant) => openTensorflowEngine({ readConstant, loadTensorflow }),
  })),
  ...(await whereItRuns({ name: 'webgpu', open: (readConstant) => openWebgpuEngine({ readConstant }) })),
];

async function whereItRuns(engine: TestEngine): Promise<TestEngine[]> {
  try {
    const opened = await engine.open(async () => new Float32Array());
    await opened.dispose();
    return [engine];
  } catch (error) {
    if (!(error instanceof DarseError) || error.code !== 'engine') throw error;
    console.warn(`Not tested: ${error.message}`);
    return [];
  }
}
