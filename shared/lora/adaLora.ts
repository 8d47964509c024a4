import { DarseError } from '../study/darseError.ts';
import { type TripletModule, tripletCount } from './tripletModule.ts';

/** When AdaLoRA cuts ranks, and to how many: steps count from 0, budgets are ranks summed over all modules. */
export interface AdaLoraSchedule {
  readonly totalSteps: number;
  /** No rank is cut up to this step (PEFT's `tinit`). */
  readonly warmupSteps: number;
  /** From `totalSteps - finalSteps` on the ranks stay (PEFT's `tfinal`). */
  readonly finalSteps: number;
  /** Between the two, steps that are multiples of this one allocate (PEFT's `deltaT`). */
  readonly interval: number;
  readonly initialBudget: number;
  readonly targetBudget: number;
}

/** Weights of the old value in the two moving averages: PEFT's defaults and the paper's. */
const BETA1 = 0.85;
const BETA2 = 0.85;

export interface AdaLoraState {
  /** Moving average of |p · gradient| of every element, flat like the parameters; 0 outside of triplets. */
  readonly sensitivity: Float32Array;
  /** Moving average of how far |p · gradient| was from `sensitivity`, in the same layout. */
  readonly uncertainty: Float32Array;
  /** 1 for a triplet that is kept and 0 for one that is cut, module after module; null before the first allocation. */
  mask: Float32Array | null;
}

/** What an allocation decided. */
export interface Allocation {
  /** Ranks that may stay, and what did: ties at the threshold cut more. */
  readonly budget: number;
  readonly total: number;
  /** The largest score that was cut; -Infinity where none was. */
  readonly threshold: number;
  /** The score of each triplet, module after module. */
  readonly scores: Float64Array;
  /** The rank of each module by its path; 0 where all triplets are cut. */
  readonly ranks: ReadonlyMap<string, number>;
  /** Whether the ranks stay from here on. */
  readonly final: boolean;
}

export function createAdaLoraState(parameterCount: number): AdaLoraState {
  return { sensitivity: new Float32Array(parameterCount), uncertainty: new Float32Array(parameterCount), mask: null };
}

/**
 * AdaLoRA's part of a step (Zhang et al. 2023, algorithm 1), in the order of PEFT's `update_and_allocate`: called after the optimiser, with
 * the parameters it left and the gradients it used. Until the final phase begins, importance is accumulated and every
 * `interval` steps the least important triplets get E = 0; they go on to learn and may return. The step that begins the final phase
 * cuts to the target without accumulating; afterwards its mask is applied after every step. Changes state and
 * E in place; returns what was decided at a step that allocates.
 */
export function adaLoraStep(
  modules: readonly TripletModule[],
  schedule: AdaLoraSchedule,
  step: number,
  state: AdaLoraState,
  parameters: Float32Array,
  gradients: Float32Array,
): Allocation | undefined {
  const finalStart = schedule.totalSteps - schedule.finalSteps;
  if (step < finalStart) accumulateImportance(modules, state, parameters, gradients);
  if (step > finalStart) {
    if (!state.mask)
      throw new DarseError('internal', `AdaLoRA is past its last allocation at step ${step} without a mask`);
    applyMask(modules, state.mask, parameters);
  }
  if (!allocatesAt(schedule, step)) return undefined;
  const scores = tripletScores(modules, state);
  const budget = budgetAt(schedule, step);
  const threshold = cutThreshold(scores, scores.length - budget);
  state.mask = Float32Array.from(scores, (score) => (score <= threshold ? 0 : 1));
  applyMask(modules, state.mask, parameters);
  const final = step === finalStart;
  if (final) {
    state.sensitivity.fill(0);
    state.uncertainty.fill(0);
  }
  const ranks = maskRanks(modules, state.mask);
  const total = [...ranks.values()].reduce((sum, rank) => sum + rank, 0);
  return { budget, total, threshold, scores, ranks, final };
}

/**
 * How many ranks a step leaves (Zhang et al. 2023, eq. 12): b₀ up to `warmupSteps`, then
 * ⌊(b₀ - b_T) (1 - (t - t_i) / (T - t_f - t_i))³ + b_T⌋, and b_T in the final phase.
 */
export function budgetAt(schedule: AdaLoraSchedule, step: number): number {
  const { totalSteps, warmupSteps, finalSteps, initialBudget, targetBudget } = schedule;
  const finalStart = totalSteps - finalSteps;
  if (step <= warmupSteps) return initialBudget;
  if (step >= finalStart) return targetBudget;
  const left = 1 - (step - warmupSteps) / (finalStart - warmupSteps);
  return Math.trunc((initialBudget - targetBudget) * left ** 3 + targetBudget);
}

/** Whether ranks are allocated at a step. */
export function allocatesAt({ totalSteps, warmupSteps, finalSteps, interval }: AdaLoraSchedule, step: number): boolean {
  const finalStart = totalSteps - finalSteps;
  return step === finalStart || (step > warmupSteps && step < finalStart && step % interval === 0);
}

/** The first step at which ranks are allocated. */
export function firstAllocation({ totalSteps, warmupSteps, finalSteps, interval }: AdaLoraSchedule): number {
  return Math.min(totalSteps - finalSteps, (Math.floor(warmupSteps / interval) + 1) * interval);
}

/** Whether ranks were to be cut for the first time by the step just made, and none was: elsewhere whole runs are lost to this. */
export function missedFirstCut(schedule: AdaLoraSchedule, step: number, { mask }: Pick<AdaLoraState, 'mask'>): boolean {
  return step === firstAllocation(schedule) && (mask === null || mask.every((keep) => keep === 1));
}

/** Ī ← β₁ Ī + (1 - β₁) I and Ū ← β₂ Ū + (1 - β₂) |I - Ī| with I = |p · gradient| and the new Ī (eq. 8–10), in place. */
export function accumulateImportance(
  modules: readonly TripletModule[],
  { sensitivity, uncertainty }: Pick<AdaLoraState, 'sensitivity' | 'uncertainty'>,
  parameters: Float32Array,
  gradients: Float32Array,
): void {
  const update = (start: number, length: number) => {
    for (let i = start; i < start + length; i++) {
      const importance = Math.abs(parameters[i]! * gradients[i]!);
      const mean = BETA1 * sensitivity[i]! + (1 - BETA1) * importance;
      sensitivity[i] = mean;
      uncertainty[i] = BETA2 * uncertainty[i]! + (1 - BETA2) * Math.abs(importance - mean);
    }
  };
  for (const { rank, inputSize, outputSize, aOffset, bOffset, eOffset } of modules) {
    update(aOffset, rank * inputSize);
    update(bOffset, outputSize * rank);
    update(eOffset, rank);
  }
}

/** s(E_k) + mean over A's row k of s + mean over B's column k of s, with s = Ī · Ū (eq. 7, 11); module after module. */
export function tripletScores(
  modules: readonly TripletModule[],
  { sensitivity, uncertainty }: Pick<AdaLoraState, 'sensitivity' | 'uncertainty'>,
): Float64Array {
  const scores = new Float64Array(tripletCount(modules));
  const elementScore = (i: number) => sensitivity[i]! * uncertainty[i]!;
  let next = 0;
  for (const { rank, inputSize, outputSize, aOffset, bOffset, eOffset } of modules) {
    for (let k = 0; k < rank; k++) {
      let rowSum = 0;
      for (let i = 0; i < inputSize; i++) rowSum += elementScore(aOffset + k * inputSize + i);
      let columnSum = 0;
      for (let i = 0; i < outputSize; i++) columnSum += elementScore(bOffset + i * rank + k);
      scores[next++] = elementScore(eOffset + k) + rowSum / inputSize + columnSum / outputSize;
    }
  }
  return scores;
}

/** Sets E = 0 where the mask cuts, in place. */
export function applyMask(modules: readonly TripletModule[], mask: Float32Array, parameters: Float32Array): void {
  let next = 0;
  for (const { rank, eOffset } of modules) {
    for (let k = 0; k < rank; k++) if (mask[next++] === 0) parameters[eOffset + k] = 0;
  }
}

/** The score up to which triplets are cut: the `count`-th smallest, -Infinity for none. */
function cutThreshold(scores: Float64Array, count: number): number {
  return count > 0 ? scores.slice().sort()[count - 1]! : Number.NEGATIVE_INFINITY;
}

function maskRanks(modules: readonly TripletModule[], mask: Float32Array): Map<string, number> {
  let next = 0;
  return new Map(
    modules.map(({ path, rank }) => {
      const kept = mask.subarray(next, (next += rank)).reduce((sum, keep) => sum + keep, 0);
      return [path, kept];
    }),
  );
}
