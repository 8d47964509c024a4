import { gradientName, loraBName, tripletAName, tripletBName, tripletEName } from '../lora/loraLinear.ts';
import { shapeOf, type Sizes } from '../plan/dimension.ts';
import type { Plan } from '../plan/plan.ts';
import { DarseError } from '../study/darseError.ts';
import { normalAt, randomKey, uniformAt } from '../study/random.ts';

export interface ParameterSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** Where each trained tensor of a plan lies in one flat array, in recorded order. */
export interface ParameterLayout {
  readonly slots: readonly ParameterSlot[];
  readonly length: number;
}

/** The layout of a plan's parameters; `sizes` gives the ranks. */
export function parameterLayout(plan: Plan, sizes: Sizes): ParameterLayout {
  const slots: ParameterSlot[] = [];
  let offset = 0;
  for (const { source, shape } of plan.given) {
    if (source.from !== 'parameter') continue;
    const numbers = shapeOf(shape, sizes);
    const length = numbers.reduce((product, size) => product * size, 1);
    slots.push({ name: source.name, shape: numbers, offset, length });
    offset += length;
  }
  return { slots, length: offset };
}

/** A view of each tensor into a flat array of that layout. */
export function parameterViews(layout: ParameterLayout, flat: Float32Array): Map<string, Float32Array> {
  return new Map(layout.slots.map(({ name, offset, length }) => [name, flat.subarray(offset, offset + length)]));
}

/** Adds the gradients among a run's outputs to a flat array of that layout. */
export function addGradients(
  layout: ParameterLayout,
  outputs: ReadonlyMap<string, Float32Array>,
  flat: Float32Array,
): void {
  for (const { name, offset, length } of layout.slots) {
    const gradient = outputs.get(gradientName(name));
    if (gradient?.length !== length) {
      throw new DarseError(
        'internal',
        `gradient of ${name}: ${gradient?.length ?? 'no'} numbers where ${length} were wanted`,
      );
    }
    for (let i = 0; i < length; i++) flat[offset + i] = flat[offset + i]! + gradient[i]!;
  }
}

/** Standard deviation of AdaLoRA's A and B at the start, as in PEFT. */
const TRIPLET_DEVIATION = 0.02;

/**
 * Start values, drawn by counter from (seed, tensor name, place): LoRA's B zero and AdaLoRA's E zero, so that step 0 is the backbone itself;
 * AdaLoRA's A and B normal; everything else uniform on ±1 / √fanIn, as PyTorch initialises `Linear` and PEFT LoRA's A (Kaiming with a = √5). So at one seed a
 * smaller rank's A is the first rows of a larger one's, and heads do not depend on ranks.
 */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  const flat = new Float32Array(layout.length);
  const fanIns = new Map(layout.slots.map(({ name, shape }) => [name, shape.at(-1) ?? 1]));
  for (const { name, offset, length } of layout.slots) {
    if (name.endsWith(loraBName('')) || name.endsWith(tripletEName(''))) continue;
    const key = randomKey(seed, `initial ${name}`);
    if (name.endsWith(tripletAName('')) || name.endsWith(tripletBName(''))) {
      for (let i = 0; i < length; i++) flat[offset + i] = TRIPLET_DEVIATION * normalAt(key, i);
      continue;
    }
    const fanIn = fanIns.get(name.replace(/\.bias$/, '.weight')) ?? 1;
    const bound = 1 / Math.sqrt(fanIn);
    for (let i = 0; i < length; i++) flat[offset + i] = (2 * uniformAt(key, i) - 1) * bound;
  }
  return flat;
}
