import type { EncodedExample } from '../data/encodedExample.ts';
import { labelInputs, lossMeans } from '../losses/labelInputs.ts';
import { CLASS_LOSS, REGRESSION_LOSS } from '../losses/taskLoss.ts';
import { DarseError } from '../study/darseError.ts';
import { globalNorm } from './clipGradients.ts';
import { addGradients } from './parameterSet.ts';
import { type PreparedTask, runOnTexts } from './preparedTask.ts';

/** A training plan made ready. */
export interface TrainingTask extends PreparedTask {
  /** Rows run at one time; a larger batch is accumulated. */
  readonly microBatchSize: number;
  readonly classWeights: readonly number[];
}

export interface BatchResult {
  /** Means over the batch, unweighted by w_r and w_c (spec.md eq. 15, 19). */
  readonly regressionLoss: number;
  readonly classLoss: number;
  /** Over all gradients together, before any clipping. */
  readonly gradientNorm: number;
}

/**
 * The gradients of one batch, written over `gradients` (flat, in the layout's order): micro-batches are accumulated, and since row weights
 * and dropout depend on the row alone, how the batch is cut changes nothing but rounding. A loss or a gradient that is
 * not finite is a `notFinite` error.
 */
export async function batchGradients(
  task: TrainingTask,
  batch: readonly EncodedExample[],
  parameters: Float32Array,
  gradients: Float32Array,
  draw: { readonly seed: number; readonly step: number },
): Promise<BatchResult> {
  const means = lossMeans(batch, task.classWeights);
  gradients.fill(0);
  let regressionLoss = 0;
  let classLoss = 0;
  for (let start = 0; start < batch.length; start += task.microBatchSize) {
    const rows = batch.slice(start, start + task.microBatchSize);
    const outputs = await runOnTexts(task, rows, parameters, draw, labelInputs(rows, means));
    addGradients(task.layout, outputs, gradients);
    regressionLoss += outputs.get(REGRESSION_LOSS)?.[0] ?? Number.NaN;
    classLoss += outputs.get(CLASS_LOSS)?.[0] ?? Number.NaN;
  }
  const gradientNorm = globalNorm(gradients);
  if (!Number.isFinite(regressionLoss + classLoss + gradientNorm)) {
    throw new DarseError(
      'notFinite',
      `the loss is ${regressionLoss} + ${classLoss} and the gradient's norm ${gradientNorm} at step ${draw.step + 1}: ` +
        'a lower --lr, a longer --warmup or --clip 1 usually helps',
    );
  }
  return { regressionLoss, classLoss, gradientNorm };
}
