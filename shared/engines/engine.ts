import type { Sizes } from '../plan/dimension.ts';
import type { Plan } from '../plan/plan.ts';

export const ENGINE_NAMES = ['onnx', 'webgpu', 'tensorflow', 'wasm'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What a result records about where it was computed. */
export interface EngineDescription {
  readonly name: EngineName;
  readonly precision: 'float32';
  /** Processor or adapter in words. */
  readonly device: string;
  /** Package versions that the numbers depend on. */
  readonly versions: Readonly<Record<string, string>>;
  /** Whether the same run on the same machine gives the same bytes. */
  readonly deterministic: boolean;
}

/** Frozen tensors by name, in checkpoint layout ([out, in] for a linear weight); each is asked for at most once per engine. */
export type ReadConstant = (name: string) => Promise<Float32Array>;

/** What runs plans. Constants are loaded once and shared by all plans of an engine. */
export interface Engine {
  readonly description: EngineDescription;
  prepare(plan: Plan): Promise<PreparedPlan>;
  /** How many tensors the engine holds now (constants included); flat over steps. */
  tensorCount(): number;
  /** Frees everything, also what is left of prepared plans. */
  dispose(): Promise<void>;
}

/** Tensors that are given to a run, by name: parameters, batch inputs, dropout masks; row-major float32. */
export type GivenTensors = ReadonlyMap<string, Float32Array>;

export interface PreparedPlan {
  /** One run at the given sizes; every non-constant value of `plan.given` must be there. Results belong to the caller. */
  run(sizes: Sizes, given: GivenTensors): Promise<ReadonlyMap<string, Float32Array>>;
  dispose(): Promise<void>;
}
