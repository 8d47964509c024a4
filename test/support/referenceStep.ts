import { paddedLength } from '../../shared/data/batches.ts';
import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { scaleInputs } from '../../shared/lora/adapterSpec.ts';
import { labelInputs, type LossMeans, lossMeans } from '../../shared/losses/labelInputs.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';
import { parameterLayout } from '../../shared/train/parameterSet.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes, tokenInputs } from '../../shared/train/tokenInputs.ts';
import { trainingModel, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import type { RandomBackbone } from './randomBackbone.ts';
import { type ReferenceTensors, runReference } from './referenceEngine.ts';

/** A recorded training step and what it is recorded and run on. */
export interface ReferenceStep {
  readonly spec: TrialSpec;
  readonly encoder: RandomBackbone;
  readonly plan: Plan;
  /** Trained tensors by name, all of them random: a B of zeros would hide gradients. */
  readonly parameters: Map<string, Float64Array>;
}

export function referenceStep(spec: TrialSpec, encoder: RandomBackbone): ReferenceStep {
  const plan = recordTrainingStep(trainingModel(spec, encoder.backbone.config));
  const { slots } = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
  const parameters = slots.map(({ name, length }) => {
    const key = randomKey(3, name);
    return [name, Float64Array.from({ length }, (_, i) => 1.4 * uniformAt(key, i) - 0.7)] as const;
  });
  return { spec, encoder, plan, parameters: new Map(parameters) };
}

export interface StepRows {
  readonly rows: readonly EncodedExample[];
  /** Padded length; that of the spec's padding where not given. */
  readonly length?: number;
  /** Of the accumulated batch; of the rows themselves where not given. */
  readonly means?: LossMeans;
  readonly step?: number;
}

/** Everything but the parameters that a step is given, the frozen tensors included. */
export function stepInputs({ spec, encoder, plan }: ReferenceStep, wanted: StepRows): ReferenceTensors {
  const { rows, means = lossMeans(rows, spec.classWeights), step = 5 } = wanted;
  const length = lengthOf(spec, wanted);
  const sizes = runSizes(rows.length, length, spec.adapter.ranks);
  return new Map<string, Float32Array>([
    ...encoder.constants,
    ...tokenInputs(plan, sizes, rows, length, encoder.backbone, { seed: spec.seed, step }),
    ...labelInputs(rows, means),
    ...scaleInputs(spec.adapter),
  ]);
}

/** The step in float64: losses, predictions and gradients by name. */
export function runStep(step: ReferenceStep, wanted: StepRows): Map<string, Float64Array> {
  return stepRunner(step, wanted)();
}

/** Runs a step (or a part of its plan) again and again on the same rows, with the parameters as they are then. */
export function stepRunner(
  step: ReferenceStep,
  wanted: StepRows,
  plan: Plan = step.plan,
): () => Map<string, Float64Array> {
  const sizes = runSizes(wanted.rows.length, lengthOf(step.spec, wanted), step.spec.adapter.ranks);
  const inputs = stepInputs(step, wanted);
  return () => runReference(plan, sizes, new Map([...inputs, ...step.parameters]));
}

function lengthOf({ maxTokens, padding }: TrialSpec, { rows, length }: StepRows): number {
  return length ?? paddedLength(Math.max(...rows.map(({ ids }) => ids.length)), maxTokens, padding);
}

/** The float64 oracle as an engine; its results are rounded to float32 once, at the end. */
export function openReferenceEngine({ constants }: RandomBackbone): Engine {
  return {
    description: { name: 'wasm', precision: 'float32', device: 'plain loops', versions: {}, deterministic: true },
    async prepare(plan) {
      return {
        async run(sizes, given) {
          const found = runReference(plan, sizes, new Map([...constants, ...given]));
          return new Map([...found].map(([name, numbers]) => [name, Float32Array.from(numbers)]));
        },
        async dispose() {},
      };
    },
    tensorCount: () => 0,
    async dispose() {},
  };
}
