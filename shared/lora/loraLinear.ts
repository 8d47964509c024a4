import { rankSymbol } from '../plan/dimension.ts';
import type { DropoutSite, Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';

/** Which modules carry an adapter, and how it drops. Ranks and scales are given at each run, not recorded. */
export interface Adaptation {
  /** Paths of the modules with rank > 0. */
  readonly adapted: ReadonlySet<string>;
  /** Dropout on the adapter's input, while training. */
  readonly loraDropout: number;
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
    readonly down: Value;
  };
}

/**
 * y = x Wᵀ + b + s · dropout(x) Aᵀ Bᵀ with W [O, I] and b [O] frozen, A [R, I] and B [O, R] trained (spec.md eq. 2).
 * x [M, I] → y [M, O]. A module of rank 0 records x Wᵀ + b only. `rows`: whether M counts tokens or examples.
 */
export function loraLinearForward(
  recorder: Recorder,
  x: Value,
  module: LinearModule,
  { adapted, loraDropout }: Adaptation,
  rows: 'tokens' | 'examples',
): { y: Value; saved: SavedLoraLinear } {
  const { path } = module;
  const bias = recorder.constant(`${path}.bias`, [module.outputSize]);
  const base = recorder.matMul(x, frozenWeight(recorder, module), { transposeB: true, addend: bias });
  if (!adapted.has(path)) return { y: base, saved: { module } };
  const rank = rankSymbol(path);
  const a = recorder.parameter(loraAName(path), [rank, module.inputSize]);
  const b = recorder.parameter(loraBName(path), [module.outputSize, rank]);
  const scale = recorder.batch(loraScaleName(path), []);
  const site: DropoutSite = { rate: loraDropout, rows };
  const dropped = recorder.dropout(x, dropoutName(path), site);
  const down = recorder.scale(recorder.matMul(dropped, a, { transposeB: true }), scale);
  const y = recorder.matMul(down, b, { transposeB: true, addend: base });
  return { y, saved: { module, adapter: { a, b, scale, site, dropped, down } } };
}

/**
 * Gradients of loraLinearForward: dB = dyᵀ down and dA = (s · dy B)ᵀ dropout(x) as outputs of the plan, and where
 * `needsInput` dx = addend + dy W + dropout(s · dy B A) [M, I]. Nothing is computed for the frozen W and b.
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
  const { a, b, scale, site, dropped, down } = adapter;
  const dDown = recorder.scale(recorder.matMul(dy, b), scale);
  recorder.output(gradientName(loraBName(path)), recorder.matMul(dy, down, { transposeA: true }));
  recorder.output(gradientName(loraAName(path)), recorder.matMul(dDown, dropped, { transposeA: true }));
  if (!dx) return undefined;
  if (site.rate === 0) return recorder.matMul(dDown, a, { addend: dx });
  return recorder.add(dx, recorder.dropout(recorder.matMul(dDown, a), dropoutName(path), site));
}

function dropoutName(path: string): string {
  return `${path}.lora_dropout`;
}

function frozenWeight(recorder: Recorder, module: LinearModule): Value {
  return recorder.constant(`${module.path}.weight`, [module.outputSize, module.inputSize]);
}
