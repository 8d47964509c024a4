import { type Padding, paddedLength } from '../data/batches.ts';
import type { Backbone } from '../encoder/backbone.ts';
import type { GivenTensors, PreparedPlan } from '../engines/engine.ts';
import { type AdapterSpec, scaleInputs } from '../lora/adapterSpec.ts';
import type { Plan } from '../plan/plan.ts';
import { type ParameterLayout, parameterViews } from './parameterSet.ts';
import { runSizes, type TokenRow, tokenInputs } from './tokenInputs.ts';

/** A plan made ready on an engine, with what it runs on. */
export interface PreparedTask {
  readonly plan: Plan;
  readonly prepared: PreparedPlan;
  readonly backbone: Backbone;
  readonly adapter: AdapterSpec;
  readonly layout: ParameterLayout;
  /** Longest text in tokens, and how batches are padded. */
  readonly maxTokens: number;
  readonly padding: Padding;
}

/** One run of the plan on some texts, padded to the length they ask for; `draw` decides dropout, `labels` is what a loss reads. */
export function runOnTexts(
  { plan, prepared, backbone, adapter, layout, maxTokens, padding }: PreparedTask,
  rows: readonly TokenRow[],
  parameters: Float32Array,
  draw: { readonly seed: number; readonly step: number },
  labels: GivenTensors = new Map(),
): Promise<ReadonlyMap<string, Float32Array>> {
  const length = paddedLength(Math.max(...rows.map(({ ids }) => ids.length)), maxTokens, padding);
  const sizes = runSizes(rows.length, length, adapter.ranks);
  const texts = tokenInputs(plan, sizes, rows, length, backbone, draw);
  const trained = [...parameterViews(layout, parameters), ...scaleInputs(adapter)];
  return prepared.run(sizes, new Map([...texts, ...labels, ...trained]));
}
