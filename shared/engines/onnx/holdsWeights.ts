import { elementCount, type Sizes } from '../../plan/dimension.ts';
import type { Plan } from '../../plan/plan.ts';

const MIB = 2 ** 20;
/** Frozen weights of any plan are held up to this size. */
const HELD_BYTES = 128 * MIB;
/** Those of a plan that multiplies by them twice, as training does, up to this one. */
const HELD_IN_TRAINING_BYTES = 512 * MIB;

const NO_SIZES: Sizes = new Map();

/**
 * Whether a plan's graph holds its frozen weights. ONNX Runtime packs held weights once, fed ones at every product of every run, some 5 %
 * of its time; but each product keeps a packed copy of its own. A function of the plan alone, because packing changes the last digit.
 */
export function holdsWeights(plan: Plan): boolean {
  let bytes = 0;
  const matrices = new Set<number>();
  for (const { id, shape, source } of plan.given) {
    if (source.from !== 'constant') continue;
    bytes += Float32Array.BYTES_PER_ELEMENT * elementCount(shape, NO_SIZES);
    if (shape.length === 2) matrices.add(id);
  }
  let products = 0;
  for (const { kind, inputs } of plan.operations) if (kind === 'matMul' && matrices.has(inputs.b.id)) products++;
  return bytes <= (products > matrices.size ? HELD_IN_TRAINING_BYTES : HELD_BYTES);
}
