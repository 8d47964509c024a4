import type { TensorInfo } from '@tensorflow/tfjs';
import { DarseError } from '../../study/darseError.ts';
import type { Tensor, TfjsContext } from './tfjsBackend.ts';

/** What is used of tfjs' wasm backend; `id` is what the module calls a tensor. */
interface WasmBackend {
  readonly wasm: {
    cwrap(name: 'BatchMatMul', returns: null, types: readonly ('number' | 'array')[]): ModuleProduct;
    readonly tfjs: { disposeData(id: number): void };
  };
  readonly dataIdMap: { get(dataId: object): { readonly id: number }; delete(dataId: object): void };
  /** At `memoryOffset` the result is a view of the module's memory there, else it has memory of its own. */
  makeOutput(shape: number[], dtype: 'float32', memoryOffset?: number): TensorInfo;
  getMemoryOffset(dataId: object): number;
}

/** Ids, shapes as int32 bytes and ranks of the factors, whether each is transposed, id of the result. */
type ModuleProduct = (
  a: number,
  shapeOfA: Uint8Array,
  rankOfA: number,
  b: number,
  shapeOfB: Uint8Array,
  rankOfB: number,
  transposeA: 0 | 1,
  transposeB: 0 | 1,
  result: number,
) => void;

const PRODUCT_TYPES = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'] as const;

/**
 * a b for equal stacks of matrices on wasm: [..., M, K] [..., K, N] → [..., M, N]. tfjs' kernel for stacks does 2 GFLOP/s and its kernel
 * for matrices 30: the latter is called on each pair of matrices where they lie in the module's memory.
 */
export function wasmStackedProduct({ tf }: TfjsContext, a: Tensor, b: Tensor): Tensor {
  const backend: unknown = tf.backend();
  if (!isWasmBackend(backend)) throw new DarseError('internal', 'a stacked product of the wasm backend on another one');
  const [rows = 1, inner = 1] = a.shape.slice(-2);
  const columns = b.shape.at(-1) ?? 1;
  const result = backend.makeOutput([...a.shape.slice(0, -1), columns], 'float32');
  const multiply = backend.wasm.cwrap('BatchMatMul', null, PRODUCT_TYPES);
  const [shapeOfA, shapeOfB] = [bytesOf(1, rows, inner), bytesOf(1, inner, columns)];
  for (let i = 0; i < a.size / (rows * inner); i++) {
    const views = [matrixOf(backend, a, rows, inner, i), matrixOf(backend, b, inner, columns, i)];
    views.push(matrixOf(backend, result, rows, columns, i));
    const [idOfA = 0, idOfB = 0, idOfResult = 0] = views.map(({ dataId }) => backend.dataIdMap.get(dataId).id);
    multiply(idOfA, shapeOfA, 3, idOfB, shapeOfB, 3, 0, 0, idOfResult);
    // Not `disposeData` of the backend, which would free the memory.
    for (const id of [idOfA, idOfB, idOfResult]) backend.wasm.tfjs.disposeData(id);
    for (const { dataId } of views) backend.dataIdMap.delete(dataId);
  }
  return tf.engine().makeTensorFromTensorInfo(result);
}

/** Matrix `i` of a stack, as a tensor of its own: the module keeps a packed second factor until its tensor is disposed of. */
function matrixOf(backend: WasmBackend, stack: TensorInfo, rows: number, columns: number, i: number): TensorInfo {
  const offset = backend.getMemoryOffset(stack.dataId) + i * rows * columns * Float32Array.BYTES_PER_ELEMENT;
  return backend.makeOutput([1, rows, columns], 'float32', offset);
}

function bytesOf(...shape: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(shape).buffer);
}

function isWasmBackend(backend: unknown): backend is WasmBackend {
  return typeof backend === 'object' && backend !== null && 'wasm' in backend && 'dataIdMap' in backend;
}
