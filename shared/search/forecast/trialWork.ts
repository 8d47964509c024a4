import type { EncoderConfig } from '../../encoder/encoderConfig.ts';
import { planMemory } from '../../plan/memory.ts';
import { type PlanWork, planWork, valueAt } from '../../plan/work.ts';
import { parameterLayout } from '../../train/parameterSet.ts';
import { recordPrediction, recordTrainingStep } from '../../train/stepPlan.ts';
import { runSizes } from '../../train/tokenInputs.ts';
import { predictionModel, trainingModel, type TrialSpec } from '../../trial/trialSpec.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunSize } from './trialRuns.ts';

/** What costs time, each in its own unit: operations, multiply-adds, numbers read and written, dropout decisions, parameters updated. */
export type Work = readonly [
  operations: number,
  multiplyAdds: number,
  elements: number,
  drawn: number,
  updated: number,
];

export const NO_WORK: Work = [0, 0, 0, 0, 0];

export function addWork(a: Work, b: Work, times = 1): Work {
  return [a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2], a[3] + times * b[3], a[4] + times * b[4]];
}

/** What the trainings of a study compute. */
export interface TrialWorks {
  /** Of one step made of these runs. */
  step(spec: TrialSpec, runs: readonly RunSize[]): Work;
  /** Of predictions made in these runs. */
  evaluation(spec: TrialSpec, runs: readonly RunSize[]): Work;
  /** Bytes held at the largest step and the largest evaluation of these runs and for the optimiser, without the frozen weights. */
  memoryBytes(spec: TrialSpec, step: readonly RunSize[], evaluation: readonly RunSize[]): number;
  /** Frozen weights. */
  weightBytes(spec: TrialSpec): number;
}

interface Recorded {
  readonly training: Plan;
  readonly prediction: Plan;
  readonly trainingWork: PlanWork;
  readonly predictionWork: PlanWork;
}

/** Flat arrays as long as the parameters: themselves, gradients, both moments, the best epoch's, and a checkpoint's four. */
const FLAT_ARRAYS = 9;
const BYTES_PER_NUMBER = 4;

/** Reads work and memory off the plans of trainings, recorded once for each set of adapted modules. */
export function createTrialWorks(config: EncoderConfig): TrialWorks {
  const recorded = new Map<string, Recorded>();
  const plansOf = (spec: TrialSpec): Recorded => {
    const key = [...spec.adapter.ranks.keys()].join(' ');
    const known = recorded.get(key);
    if (known) return known;
    const training = recordTrainingStep(trainingModel(spec, config));
    const prediction = recordPrediction(predictionModel(spec, config));
    const made = { training, prediction, trainingWork: planWork(training), predictionWork: planWork(prediction) };
    recorded.set(key, made);
    return made;
  };
  const parameterCount = (spec: TrialSpec) =>
    parameterLayout(plansOf(spec).training, runSizes(1, 1, spec.adapter.ranks)).length;
  const workOf = (work: PlanWork, spec: TrialSpec, runs: readonly RunSize[]) =>
    runs.reduce<Work>((sum, { rows, tokens }) => {
      const sizes = runSizes(rows, tokens, spec.adapter.ranks);
      const values = [work.multiplyAdds, work.elements, work.drawn].map((part) => valueAt(part, sizes));
      return addWork(sum, [work.operations, values[0] ?? 0, values[1] ?? 0, values[2] ?? 0, 0]);
    }, NO_WORK);
  return {
    step(spec, runs) {
      return addWork(workOf(plansOf(spec).trainingWork, spec, runs), [0, 0, 0, 0, parameterCount(spec)]);
    },
    evaluation: (spec, runs) => workOf(plansOf(spec).predictionWork, spec, runs),
    memoryBytes(spec, step, evaluation) {
      const { training, prediction } = plansOf(spec);
      const most = (plan: Plan, runs: readonly RunSize[]) =>
        Math.max(
          0,
          ...runs.map(({ rows, tokens }) => {
            const { givenBytes, peakActivationBytes } = planMemory(plan, runSizes(rows, tokens, spec.adapter.ranks));
            return givenBytes + peakActivationBytes;
          }),
        );
      const flat = FLAT_ARRAYS * BYTES_PER_NUMBER * parameterCount(spec);
      // An engine keeps what each of the two plans has needed.
      return flat + most(training, step) + most(prediction, evaluation);
    },
    weightBytes: (spec) => planMemory(plansOf(spec).training, runSizes(1, 1, spec.adapter.ranks)).constantBytes,
  };
}
