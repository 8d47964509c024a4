import { wasmStackedProduct } from './wasmStackedProduct.ts';
import { type Tensor, type TfjsContext, transposesInProducts } from './tfjsBackend.ts';

/** A matrix, or a stack of them [..., rows, columns], as it is to be multiplied, or transposed, or both; one is there. */
export interface Factor {
  readonly upright?: Tensor | undefined;
  readonly turned?: Tensor | undefined;
}

/** From this many multiplications per matrix on, wasm multiplies stacks faster a matrix at a time (measured at 120 matrices). */
const WASM_ONE_BY_ONE = 4096;

/**
 * a b for matrices or equal stacks of them: [..., M, K] [..., K, N] → [..., M, N]. Where products cannot transpose, the
 * cheaper of two ways is taken: turning the factors that need it, or (bᵀ aᵀ)ᵀ.
 */
export function product(context: TfjsContext, a: Factor, b: Factor): Tensor {
  if (transposesInProducts(context.backend)) {
    return context.tf.matMul(stored(a), stored(b), a.upright === undefined, b.upright === undefined);
  }
  const cost = uprightCost(a) + uprightCost(b);
  const resultSize = sizes(a).count * sizes(a).rows * sizes(b).columns;
  const swappedCost = uprightCost(turn(a)) + uprightCost(turn(b)) + resultSize;
  if (cost <= swappedCost) return uprightProduct(context, upright(context, a), upright(context, b));
  return transposed(context, uprightProduct(context, upright(context, turn(b)), upright(context, turn(a))));
}

/** [..., M, N] → [..., N, M]. */
export function transposed({ tf }: TfjsContext, x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function turn(factor: Factor): Factor {
  return { upright: factor.turned, turned: factor.upright };
}

/** How many numbers have to be moved to have the factor upright. */
function uprightCost(factor: Factor): number {
  return factor.upright ? 0 : stored(factor).size;
}

function upright(context: TfjsContext, factor: Factor): Tensor {
  return factor.upright ?? transposed(context, stored(factor));
}

function stored({ upright: asItIs, turned }: Factor): Tensor {
  const tensor = asItIs ?? turned;
  if (tensor === undefined) throw new RangeError('a factor of a product needs a tensor');
  return tensor;
}

function sizes(factor: Factor): { count: number; rows: number; columns: number } {
  const { size, shape } = stored(factor);
  const [first = 1, second = 1] = shape.slice(-2);
  const [rows, columns] = factor.upright ? [first, second] : [second, first];
  return { count: size / (rows * columns), rows, columns };
}

/** On wasm b must never be a reshaped view of something that was a b before: its matMul keeps packed factors by their data. */
function uprightProduct(context: TfjsContext, a: Tensor, b: Tensor): Tensor {
  const { tf, backend } = context;
  const { count, rows, columns: inner } = sizes({ upright: a });
  const multiplications = rows * inner * sizes({ upright: b }).columns;
  const oneByOne = backend === 'wasm' && count > 1 && multiplications >= WASM_ONE_BY_ONE;
  return oneByOne ? wasmStackedProduct(context, a, b) : tf.matMul(a, b);
}
