import { DarseError } from '../study/darseError.ts';

/**
 * One size of a shape: a number, or a product of numbers and symbols such as `B`, `B*T` or `rank:encoder.layer.0.output.dense`.
 * Symbols: B batch rows, T tokens of the batch's padded length, `rank:PATH` the LoRA rank of a module.
 */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** The value of every symbol of a plan for one run. */
export type Sizes = ReadonlyMap<string, number>;

/** The number a dimension stands for; a symbol without a size is an `internal` error. */
export function sizeOf(dimension: Dimension, sizes: Sizes): number {
  if (typeof dimension === 'number') return dimension;
  let product = 1;
  for (const factor of dimension.split('*')) {
    const size = /^\d+$/.test(factor) ? Number(factor) : sizes.get(factor);
    if (size === undefined) throw new DarseError('internal', `no size given for "${factor}" of dimension ${dimension}`);
    product *= size;
  }
  return product;
}

export function shapeOf(shape: Shape, sizes: Sizes): number[] {
  return shape.map((dimension) => sizeOf(dimension, sizes));
}

export function elementCount(shape: Shape, sizes: Sizes): number {
  return shape.reduce<number>((product, dimension) => product * sizeOf(dimension, sizes), 1);
}

/** The symbol of a module's LoRA rank. */
export function rankSymbol(modulePath: string): string {
  return `rank:${modulePath}`;
}
