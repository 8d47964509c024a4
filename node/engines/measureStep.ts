import type { Engine, ReadConstant } from '../../shared/engines/engine.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import { initialParameters, parameterLayout } from '../../shared/train/parameterSet.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { batchGradients, type TrainingTask } from '../../shared/train/trainStep.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { trainingModel, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { createCommandContext } from '../commandContext.ts';
import { openModel } from '../openModel.ts';

export interface StepMeasurement {
  /** Median of the timed steps. */
  readonly milliseconds: number;
  readonly work: string;
}

/** Rows, tokens per row, steps before and while timing. */
const WORK = { batch: 10, tokens: 64, warm: 2, timed: 7 } as const;

/** Times training steps of the bundled backbone (rank 8 on query and value, no dropout) on an engine. */
export async function measureStep(
  open: (readConstant: ReadConstant) => Promise<Engine>,
): Promise<{ device: string; measured: StepMeasurement }> {
  const model = await openModel('minilm-l6', createCommandContext({}, [], { json: false, quiet: true }));
  const engine = await open(model.backbone.readConstant);
  try {
    const settings = readTrainingSettings(null, {}, { headDropout: 0, batch: WORK.batch });
    const spec = trialSpecOf(settings, model.backbone.config, []);
    const times = await timeSteps(engine, model.backbone, spec, WORK);
    const work = `MiniLM-L6, batch ${WORK.batch}, ${WORK.tokens} tokens, rank 8 on query and value`;
    return { device: engine.description.device, measured: { milliseconds: median(times), work } };
  } finally {
    await engine.dispose();
    await model.close();
  }
}

/** Milliseconds of each of `timed` gradient computations on made-up texts of `tokens` tokens, after `warm` that do not count. */
export async function timeSteps(
  engine: Engine,
  backbone: Backbone,
  spec: TrialSpec,
  { batch, tokens, warm, timed }: { batch: number; tokens: number; warm: number; timed: number },
): Promise<number[]> {
  const plan = recordTrainingStep(trainingModel(spec, backbone.config));
  const prepared = await engine.prepare(plan);
  const layout = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
  const parameters = initialParameters(layout, spec.seed);
  const gradients = new Float32Array(layout.length);
  const { adapter, classWeights } = spec;
  const task: TrainingTask = {
    plan,
    prepared,
    backbone,
    layout,
    adapter,
    classWeights,
    maxTokens: tokens,
    padding: 'full',
    microBatchSize: batch,
  };
  const firstId = backbone.config.padId + 1;
  const idCount = backbone.config.vocabularySize - firstId;
  const rows = Array.from({ length: batch }, (_, number) => {
    const ids = Int32Array.from({ length: tokens }, (_unused, i) => firstId + ((number * tokens + i) % idCount));
    return { id: String(number), text: '', score: 0, label: 2, number, ids };
  });
  const times: number[] = [];
  for (let step = 0; step < warm + timed; step++) {
    const startedAt = performance.now();
    await batchGradients(task, rows, parameters, gradients, { seed: 0, step });
    if (step >= warm) times.push(performance.now() - startedAt);
  }
  await prepared.dispose();
  return times;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
