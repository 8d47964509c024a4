import { epochBatches } from '../data/batches.ts';
import type { EncodedExample } from '../data/encodedExample.ts';
import type { Backbone } from '../encoder/backbone.ts';
import type { Engine } from '../engines/engine.ts';
import { adaLoraStep, type AdaLoraState, createAdaLoraState, missedFirstCut } from '../lora/adaLora.ts';
import { adaLoraSchedule } from '../lora/adaLoraSchedule.ts';
import { addFactorPenalty } from '../lora/factorPenalty.ts';
import { addOrthogonality } from '../lora/orthogonality.ts';
import { addSensitivity, meanSensitivity } from '../lora/sensitivity.ts';
import { loraParameterCount } from '../lora/rankMap.ts';
import { tripletCount } from '../lora/tripletModule.ts';
import { type EvaluationReport, summarise } from '../metrics/evaluationReport.ts';
import { trivialPredictor } from '../metrics/trivialPredictor.ts';
import { DarseError } from '../study/darseError.ts';
import { adamWStep, createAdamWState } from '../train/adamW.ts';
import { clipGradients, globalNorm } from '../train/clipGradients.ts';
import { initialParameters, parameterLayout, parameterViews } from '../train/parameterSet.ts';
import { type PredictionTask, predictExamples } from '../train/predictExamples.ts';
import { factorPairs } from '../train/factorPairs.ts';
import { scheduleFactor } from '../train/schedule.ts';
import { recordPrediction, recordTrainingStep } from '../train/stepPlan.ts';
import { runSizes } from '../train/tokenInputs.ts';
import { batchGradients, type TrainingTask } from '../train/trainStep.ts';
import { tripletModules } from '../train/tripletModules.ts';
import type { BestEpoch, Checkpoint } from './checkpoint.ts';
import type { EpochRecord, TrainingLosses, TrialEnd, TrialEvent } from './trialEvent.ts';
import { predictionModel, trainingModel, type TrialData, type TrialSpec } from './trialSpec.ts';

/** Rows evaluated at one time. */
export const EVALUATION_BATCH = 64;

export interface TrialHost {
  readonly engine: Engine;
  readonly backbone: Backbone;
  /** Asked after every step; `checkpoint` makes the trial hand one over, `stop` does so and ends it. */
  readonly afterStep: (step: number) => 'continue' | 'checkpoint' | 'stop';
}

/**
 * One training run: epochs of steps, each followed by an evaluation on the validation part; the test part is looked at once,
 * with the parameters handed over. With `from` it goes on where that checkpoint was taken, and on a deterministic
 * engine ends with the same bytes. Throws `input` for an empty training or validation part and `notFinite` when a loss, a
 * gradient or a score is no longer finite.
 */
export async function* runTrial(
  spec: TrialSpec,
  data: TrialData,
  host: TrialHost,
  from?: Checkpoint,
): AsyncGenerator<TrialEvent, TrialEnd> {
  for (const part of ['train', 'validation'] as const) {
    if (data[part].length === 0) throw new DarseError('input', `the ${part} part has no examples: a trial needs some`);
  }
  const { engine, backbone } = host;
  const trainingPlan = recordTrainingStep(trainingModel(spec, backbone.config));
  const predictionPlan = recordPrediction(predictionModel(spec, backbone.config));
  const layout = parameterLayout(trainingPlan, runSizes(1, 1, spec.adapter.ranks));
  const { adapter, maxTokens, padding, microBatchSize, classWeights } = spec;
  const common = { backbone, layout, adapter, maxTokens, padding };
  const training: TrainingTask = {
    ...common,
    plan: trainingPlan,
    prepared: await engine.prepare(trainingPlan),
    microBatchSize,
    classWeights,
  };
  try {
    const prediction: PredictionTask = {
      ...common,
      plan: predictionPlan,
      prepared: await engine.prepare(predictionPlan),
      batchSize: EVALUATION_BATCH,
    };
    try {
      return yield* train(spec, data, host, training, prediction, from);
    } finally {
      await prediction.prepared.dispose();
    }
  } finally {
    await training.prepared.dispose();
  }
}

async function* train(
  spec: TrialSpec,
  data: TrialData,
  host: TrialHost,
  training: TrainingTask,
  prediction: PredictionTask,
  from: Checkpoint | undefined,
): AsyncGenerator<TrialEvent, TrialEnd> {
  const { layout } = training;
  const lengths = data.train.map(({ ids }) => ids.length);
  const stepsPerEpoch = Math.ceil(data.train.length / spec.batchSize);
  const totalSteps = stepsPerEpoch * spec.epochs;

  const parameters = from ? from.parameters.slice() : initialParameters(layout, spec.seed);
  if (parameters.length !== layout.length) {
    throw new DarseError(
      'input',
      `the checkpoint holds ${parameters.length} parameters, this trial has ${layout.length}`,
    );
  }
  const optimizer = from
    ? { m: from.optimizer.m.slice(), v: from.optimizer.v.slice(), stepCount: from.optimizer.stepCount }
    : createAdamWState(layout.length);
  const adaLora = spec.adaLora && {
    modules: tripletModules(layout),
    schedule: adaLoraSchedule(spec.adaLora, spec.adapter.ranks, totalSteps),
    weight: spec.adaLora.orthogonality,
    state: from?.adaLora ? copyOf(from.adaLora) : createAdaLoraState(layout.length),
  };
  const { omega: omegaWeight } = spec;
  const pairs = factorPairs(layout);
  const gradients = new Float32Array(layout.length);
  const sensitivitySums = new Float64Array(pairs.length);
  if (from) sensitivitySums.set(from.sensitivitySums);
  const epochs: EpochRecord[] = [...(from?.epochs ?? [])];
  let best: BestEpoch | null = from?.best ?? null;
  let sums = { regression: 0, classes: 0, ...from?.epochLosses };
  let step = from?.step ?? 0;
  let lastReport: EvaluationReport | undefined;

  const loraParameters =
    loraParameterCount(spec.adapter.ranks, host.backbone.config) + tripletCount(adaLora?.modules ?? []);
  const headParameters = layout.length - loraParameters;
  const curve = epochs.map(({ validation }) => validation.mse);
  yield { kind: 'started', totalSteps, stepsPerEpoch, firstStep: step, curve, loraParameters, headParameters };
  const checkpoint = (): TrialEvent => ({
    kind: 'checkpoint',
    checkpoint: {
      step,
      parameters: parameters.slice(),
      optimizer: { m: optimizer.m.slice(), v: optimizer.v.slice(), stepCount: optimizer.stepCount },
      ...(adaLora ? { adaLora: copyOf(adaLora.state) } : {}),
      best,
      epochs: [...epochs],
      epochLosses: sums,
      sensitivitySums: [...sensitivitySums],
    },
  });

  while (epochs.length < spec.epochs && !ranOutOfPatience(spec, epochs, best)) {
    const epoch = epochs.length + 1;
    const batches = epochBatches(lengths, spec.batchSize, spec.padding, spec.seed, epoch);
    for (const batch of batches.slice(step - (epoch - 1) * stepsPerEpoch)) {
      const rows = Array.from(batch, (i) => data.train[i]!);
      const draw = { seed: spec.seed, step };
      const { regressionLoss, classLoss, ...task } = await batchGradients(training, rows, parameters, gradients, draw);
      addSensitivity(pairs, parameters, gradients, sensitivitySums);
      const orthogonality = adaLora && addOrthogonality(adaLora.modules, parameters, gradients, adaLora.weight);
      const omega = omegaWeight === undefined ? undefined : addFactorPenalty(pairs, parameters, gradients, omegaWeight);
      const regularised = orthogonality !== undefined || omega !== undefined;
      const gradientNorm = regularised ? globalNorm(gradients) : task.gradientNorm;
      if (spec.clipNorm !== null) clipGradients(gradients, gradientNorm, spec.clipNorm);
      const learningRate = spec.learningRate * scheduleFactor(spec.schedule, step, totalSteps);
      adamWStep(parameters, gradients, optimizer, learningRate, spec.adamW);
      const allocation =
        adaLora && adaLoraStep(adaLora.modules, adaLora.schedule, step, adaLora.state, parameters, gradients);
      const uncut = adaLora !== undefined && missedFirstCut(adaLora.schedule, step, adaLora.state);
      sums = { regression: sums.regression + regressionLoss, classes: sums.classes + classLoss };
      step += 1;
      const losses = weighted(spec, regressionLoss, classLoss);
      const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
      const regulariser = {
        ...(orthogonality !== undefined && { orthogonality }),
        ...(omega !== undefined && { omega }),
      };
      yield { kind: 'step', step, epoch, learningRate, losses, ...regulariser, gradientNorm, tokens };
      if (allocation) {
        const { budget, total, ranks, final } = allocation;
        yield { kind: 'ranks', step, budget, total, ranks: Object.fromEntries(ranks), final };
      }
      if (uncut) yield { kind: 'ranksUncut', step };
      const wish = host.afterStep(step);
      if (wish !== 'continue') yield checkpoint();
      if (wish === 'stop') return { kind: 'stopped', step };
    }
    lastReport = (yield* evaluate(prediction, 'validation', data.validation, parameters)).report;
    const validation = lastReport.metrics;
    const losses = weighted(spec, sums.regression / stepsPerEpoch, sums.classes / stepsPerEpoch);
    epochs.push({ epoch, losses, validation });
    sums = { regression: 0, classes: 0 };
    // Before AdaLoRA's last cut an epoch has more ranks than the budget allows: it is never handed over.
    const withinBudget = adaLora === undefined || step > totalSteps - adaLora.schedule.finalSteps;
    if (withinBudget && (best === null || validation.mse < best.validationMse)) {
      best = { epoch, validationMse: validation.mse, parameters: parameters.slice() };
    }
    yield { kind: 'epoch', epoch, losses, validation };
  }
  const lastEpoch = epochs.length;
  if (best === null) throw new DarseError('usage', `a trial needs at least 1 epoch, got ${spec.epochs}`);
  if (lastEpoch < spec.epochs) yield { kind: 'stoppedEarly', epoch: lastEpoch, bestEpoch: best.epoch };

  lastReport ??= (yield* evaluate(prediction, 'validation', data.validation, parameters)).report;
  const bestReport =
    best.epoch === lastEpoch
      ? lastReport
      : (yield* evaluate(prediction, 'validation', data.validation, best.parameters)).report;
  const chosen = spec.objective === 'best' ? best.parameters : parameters;
  let test: Evaluated | null = null;
  if (data.test.length > 0) {
    yield { kind: 'testLook', rowCount: data.test.length };
    test = yield* evaluate(prediction, 'test', data.test, chosen);
  }
  const views = parameterViews(layout, chosen);
  return {
    kind: 'finished',
    result: {
      score: (spec.objective === 'best' ? bestReport : lastReport).metrics.mse,
      epoch: spec.objective === 'best' ? best.epoch : lastEpoch,
      bestEpoch: best.epoch,
      epochs,
      steps: step,
      sensitivity: meanSensitivity(pairs, sensitivitySums, step),
      validation: { last: lastReport, best: bestReport },
      test: test && test.report,
      testScores: test && test.scores,
      trivial: {
        validation: trivialPredictor(data.train, data.validation).metrics,
        test: data.test.length > 0 ? trivialPredictor(data.train, data.test).metrics : null,
      },
      parameters: new Map(
        layout.slots.map(({ name, shape }) => [name, { shape, data: views.get(name)?.slice() ?? new Float32Array() }]),
      ),
    },
  };
}

function copyOf({ sensitivity, uncertainty, mask }: Readonly<AdaLoraState>): AdaLoraState {
  return { sensitivity: sensitivity.slice(), uncertainty: uncertainty.slice(), mask: mask && mask.slice() };
}

/** Whether no epoch since the best one has been better for `patience` epochs. */
function ranOutOfPatience({ patience }: TrialSpec, epochs: readonly EpochRecord[], best: BestEpoch | null): boolean {
  return patience !== null && best !== null && epochs.length - best.epoch >= patience;
}

function weighted({ lossWeights }: TrialSpec, regression: number, classes: number): TrainingLosses {
  return { total: lossWeights.regression * regression + lossWeights.classes * classes, regression, classes };
}

interface Evaluated {
  readonly report: EvaluationReport;
  readonly scores: Float32Array;
}

async function* evaluate(
  task: PredictionTask,
  part: 'validation' | 'test',
  examples: readonly EncodedExample[],
  parameters: Float32Array,
): AsyncGenerator<TrialEvent, Evaluated> {
  yield { kind: 'evaluating', part, done: 0, total: examples.length };
  const { scores, logits } = await predictExamples(task, examples, parameters);
  return { report: summarise(examples, scores, logits), scores };
}
