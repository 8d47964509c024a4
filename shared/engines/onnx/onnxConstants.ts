import { elementCount, type Shape, type Sizes } from '../../plan/dimension.ts';
import { DarseError } from '../../study/darseError.ts';
import type { ReadConstant } from '../engine.ts';
import { resized } from './paddedConstants.ts';

const NO_SIZES: Sizes = new Map();

interface Constant {
  readonly shape: Shape;
  readonly numbers: Promise<Float32Array>;
}

/** The frozen tensors of an engine, each read once, in the shapes in which plans want them. */
export class OnnxConstants {
  readonly #readConstant: ReadConstant;
  readonly #constants = new Map<string, Constant[]>();

  constructor(readConstant: ReadConstant) {
    this.#readConstant = readConstant;
  }

  get count(): number {
    return [...this.#constants.values()].flat().length;
  }

  /** A tensor stored in one shape as one of another: cut, or with zeros added. */
  get(name: string, stored: Shape, wanted: Shape): Promise<Float32Array> {
    const known = this.#constants.get(name) ?? [];
    const same = known.find(({ shape }) => isSame(shape, wanted));
    if (same) return same.numbers;
    const from = known[0] ?? { shape: stored, numbers: this.#read(name, stored) };
    const numbers = from.numbers.then((read) => resized(read, from.shape.map(Number), wanted.map(Number)));
    this.#constants.set(name, [...known, { shape: wanted, numbers }]);
    return numbers;
  }

  clear(): void {
    this.#constants.clear();
  }

  async #read(name: string, shape: Shape): Promise<Float32Array> {
    const numbers = await this.#readConstant(name);
    const count = elementCount(shape, NO_SIZES);
    if (numbers.length === count) return numbers;
    throw new DarseError(
      'internal',
      `"${name}" of shape [${shape.join()}] needs ${count} elements, got ${numbers.length}`,
    );
  }
}

function isSame(a: Shape, b: Shape): boolean {
  return a.join() === b.join();
}
