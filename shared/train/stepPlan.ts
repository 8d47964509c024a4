import { encoderBackward, encoderForward } from '../encoder/encoder.ts';
import type { EncoderConfig } from '../encoder/encoderConfig.ts';
import type { BackboneDropout } from '../encoder/encoderLayer.ts';
import { type ClassHead, classBackward, classForward } from '../heads/classHead.ts';
import { type Pooling, poolBackward, poolForward } from '../heads/pooling.ts';
import { type RegressionHead, regressionBackward, regressionForward } from '../heads/regressionHead.ts';
import type { Adaptation } from '../lora/loraLinear.ts';
import { type LossWeights, taskLoss } from '../losses/taskLoss.ts';
import type { Plan } from '../plan/plan.ts';
import { Recorder } from '../plan/recorder.ts';

/** Everything that decides which operations a step has; ranks, scales, batch size and length are given at each run. */
export interface TaskModel {
  readonly config: EncoderConfig;
  readonly pooling: Pooling;
  readonly adaptation: Adaptation;
  readonly backboneDropout: BackboneDropout;
  readonly regression: RegressionHead;
  readonly classes: ClassHead;
  readonly lossWeights: LossWeights;
}

/** Outputs of both plans. */
export const PREDICTION = 'prediction'; // [B, 1]
export const LOGITS = 'logits'; // [B, C]

/** One training step without the optimiser: forward with dropout, both losses, and the gradient of every trained tensor. */
export function recordTrainingStep(model: TaskModel): Plan {
  const recorder = new Recorder();
  const { prediction, logits, encoded, regression, classes } = forward(recorder, model);
  const { dPrediction, dLogits } = taskLoss(recorder, prediction, logits, model.lossWeights);
  const needsInput = model.adaptation.adapted.size > 0;
  const dOfClasses = classBackward(recorder, dLogits, classes, needsInput);
  const dPooled = regressionBackward(recorder, dPrediction, regression, { needsInput, addend: dOfClasses });
  if (dPooled) encoderBackward(recorder, poolBackward(recorder, dPooled, model.pooling), encoded.saved);
  return recorder.finish();
}

/** Forward alone: predictions and logits, with the dropout the model states (none, for predictions). */
export function recordPrediction(model: TaskModel): Plan {
  const recorder = new Recorder();
  forward(recorder, model);
  return recorder.finish();
}

function forward(recorder: Recorder, model: TaskModel) {
  const settings = { config: model.config, adaptation: model.adaptation, dropout: model.backboneDropout };
  const encoded = encoderForward(recorder, settings, model.pooling === 'first');
  const last = encoded.hiddenStates.at(-1);
  if (!last) throw new RangeError('an encoder has at least one hidden state');
  const pooled = poolForward(recorder, last, model.pooling);
  const { prediction, saved: regression } = regressionForward(recorder, pooled, model.regression);
  const { logits, saved: classes } = classForward(recorder, pooled, model.classes);
  recorder.output(PREDICTION, prediction);
  recorder.output(LOGITS, logits);
  return { prediction, logits, encoded, regression, classes };
}
