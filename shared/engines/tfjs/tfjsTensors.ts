import { DarseError } from '../../study/darseError.ts';
import type { Tensor, TfjsContext } from './tfjsBackend.ts';

/** Every tensor that an engine holds: constants, and the values of runs that are under way. */
export class TfjsTensors {
  readonly context: TfjsContext;
  readonly #held = new Set<Tensor>();
  #closed = false;

  constructor(context: TfjsContext) {
    this.context = context;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get count(): number {
    return this.#held.size;
  }

  /**
   * To be called before the first tensor is touched after an `await`: tfjs has one current backend for everybody. Of a
   * backend that is ready the switch is immediate. Throws once the engine is disposed of.
   */
  enter(): void {
    if (this.#closed) throw new DarseError('internal', 'this engine was disposed of');
    const { tf, backendName } = this.context;
    if (tf.getBackend() !== backendName) void tf.setBackend(backendName);
  }

  upload(numbers: Float32Array, shape: number[]): Tensor {
    return this.#hold(this.context.tf.tensor(numbers, shape, 'float32'));
  }

  /** Holds what `formula` returns, which must be tensors of its own making, and frees whatever else it makes. */
  compute(formula: () => Tensor[]): Tensor[] {
    return this.context.tf.tidy(formula).map((tensor) => this.#hold(tensor));
  }

  free(tensor: Tensor): void {
    if (this.#held.delete(tensor)) tensor.dispose();
  }

  /** Frees everything, for good. */
  close(): void {
    this.#closed = true;
    for (const tensor of this.#held) this.free(tensor);
  }

  #hold(tensor: Tensor): Tensor {
    this.#held.add(tensor);
    return tensor;
  }
}
