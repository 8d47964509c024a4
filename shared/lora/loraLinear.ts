import { rankSymbol } from '../plan/dimension.ts';
import type { DropoutSite, Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';
import { DarseError } from '../study/darseError.ts';

/** Which modules carry an adapter, and how it drops. Ranks and scales are given at each run, not recorded. */
export interface Adaptation {
  /** Paths of the modules with rank > 0. */
  readonly adapted: ReadonlySet<string>;
  /** Dropout on the adapter's input, while training. */
  readonly loraDropout: number;
  /** Whether the adapters are AdaLoRA's triplets B·diag(E)·A. */
  readonly triplets?: boolean;
}

/** A linear module of the backbone: `path` as in the checkpoint, weight [O, I]. */
export interface LinearModule {
  readonly path: string;
  readonly inputSize: number;
  readonly outputSize: number;
}

/** Names of a module's trained tensors (PEFT's, without prefix) and of its scale. */
export const loraAName = (path: string) => `${path}.lora_A.weight`;
export const loraBName = (path: string) => `${path}.lora_B.weight`;
/** Names of an AdaLoRA module's trained tensors (PEFT's, without prefix). */
export const tripletAName = (path: string) => `${path}.lora_A`;
export const tripletBName = (path: string) => `${path}.lora_B`;
export const tripletEName = (path: string) => `${path}.lora_E`;
export const loraScaleName = (path: string) => `${path}.scale`;
export const gradientName = (parameter: string) => `gradient:${parameter}`;

export interface SavedLoraLinear {
  readonly module: LinearModule;
  readonly adapter?: {
    readonly a: Value; // [R, I]
    readonly b: Value; // [O, R]
    readonly scale: Value; // []
    readonly site: DropoutSite;
    /** dropout(x) [M, I]. */
    readonly dropped: Value;
    /** s · dropout(x) Aᵀ [M, R]. */
    readonly projected: Value;
    /** AdaLoRA's E [R]. */
    readonly e?: Value | undefined;
    /** projected · diag(E), or projected itself without E. */
    readonly down: Value;
  };
}

/**
 * y = x Wᵀ + b + s · dropout(x) Aᵀ Bᵀ with W [O, I] and b [O] frozen, A [R, I] and B [O, R] trained (spec.md eq. 2).
 * With triplets the update is s · dropout(x) Aᵀ diag(E) Bᵀ, E [R] trained (Zhang et al. 2023, eq. 3).
 * x [M, I] → y [M, O]. A module of rank 0 records x Wᵀ + b only. `rows`: whether M counts tokens or examples.
 */
export function loraLinearForward(
  recorder: Recorder,
  x: Value,
  module: LinearModule,
  { adapted, loraDropout, triplets = false }: Adaptation,
  rows: 'tokens' | 'examples',
): { y: Value; saved: SavedLoraLinear } {
  const { path } = module;
  const bias = recorder.constant(`${path}.bias`, [module.outputSize]);
  const base = recorder.matMul(x, frozenWeight(recorder, module), { transposeB: true, addend: bias });
  if (!adapted.has(path)) return { y: base, saved: { module } };
  const rank = rankSymbol(path);
  const a = recorder.parameter(triplets ? tripletAName(path) : loraAName(path), [rank, module.inputSize]);
  const b = recorder.parameter(triplets ? tripletBName(path) : loraBName(path), [module.outputSize, rank]);
  const e = triplets ? recorder.parameter(tripletEName(path), [rank]) : undefined;
  const scale = recorder.batch(loraScaleName(path), []);
  const site: DropoutSite = { rate: loraDropout, rows };
  const dropped = recorder.dropout(x, dropoutName(path), site);
  const projected = recorder.scale(recorder.matMul(dropped, a, { transposeB: true }), scale);
  const down = e ? recorder.scaleColumns(projected, e) : projected;
  const y = recorder.matMul(down, b, { transposeB: true, addend: base });
  return { y, saved: { module, adapter: { a, b, e, scale, site, dropped, projected, down } } };
}

/**
 * Gradients of loraLinearForward: dB = dyᵀ down and dA = (s · dy B)ᵀ dropout(x) as outputs of the plan, and where
 * `needsInput` dx = addend + dy W + dropout(s · dy B A) [M, I]. Nothing is computed for the frozen W and b.
 * With triplets s · dy B becomes s · dy B diag(E), and dE = Σ over rows of (s · dropout(x) Aᵀ) ∘ (dy B).
 */
export function loraLinearBackward(
  recorder: Recorder,
  dy: Value,
  { module, adapter }: SavedLoraLinear,
  { needsInput, addend }: { needsInput: boolean; addend?: Value | undefined },
): Value | undefined {
  const dx = needsInput ? recorder.matMul(dy, frozenWeight(recorder, module), { addend }) : undefined;
  if (!adapter) return dx;
  const { path } = module;
  const { a, b, e, scale, site, dropped, projected, down } = adapter;
  const dUp = recorder.matMul(dy, b); // [M, R]
  const dScaled = recorder.scale(dUp, scale);
  const dProjected = e ? recorder.scaleColumns(dScaled, e) : dScaled;
  recorder.output(gradientName(nameOf(b)), recorder.matMul(dy, down, { transposeA: true }));
  recorder.output(gradientName(nameOf(a)), recorder.matMul(dProjected, dropped, { transposeA: true }));
  if (e) recorder.output(gradientName(nameOf(e)), recorder.columnDots(dUp, projected));
  if (!dx) return undefined;
  if (site.rate === 0) return recorder.matMul(dProjected, a, { addend: dx });
  return recorder.add(dx, recorder.dropout(recorder.matMul(dProjected, a), dropoutName(path), site));
}

function nameOf({ source }: Value): string {
  if (source.from === 'operation') throw new DarseError('internal', 'only a value that was given has a name');
  return source.name;
}

function dropoutName(path: string): string {
  return `${path}.lora_dropout`;
}

function frozenWeight(recorder: Recorder, module: LinearModule): Value {
  return recorder.constant(`${module.path}.weight`, [module.outputSize, module.inputSize]);
}
