import { evaluationBatches } from '../data/batches.ts';
import { DarseError } from '../study/darseError.ts';
import { type PreparedTask, runOnTexts } from './preparedTask.ts';
import { LOGITS, PREDICTION } from './stepPlan.ts';
import type { TokenRow } from './tokenInputs.ts';

/** A prediction plan made ready. */
export interface PredictionTask extends PreparedTask {
  /** Rows run at one time. */
  readonly batchSize: number;
}

export interface Predictions {
  /** [N], as the regression head gives them. */
  readonly scores: Float32Array;
  /** [N, C]. */
  readonly logits: Float32Array;
  readonly classCount: number;
}

/** Scores and class logits of texts in their order; `onBatch` hears how many are done. */
export async function predictExamples(
  task: PredictionTask,
  texts: readonly TokenRow[],
  parameters: Float32Array,
  onBatch?: (done: number) => void,
): Promise<Predictions> {
  const classCount = Number(task.plan.outputs.get(LOGITS)?.shape[1]);
  const scores = new Float32Array(texts.length);
  const logits = new Float32Array(texts.length * classCount);
  const lengths = texts.map(({ ids }) => ids.length);
  let done = 0;
  for (const batch of evaluationBatches(lengths, task.batchSize)) {
    const rows = Array.from(batch, (i) => texts[i]!);
    const outputs = await runOnTexts(task, rows, parameters, { seed: 0, step: 0 });
    const batchScores = outputs.get(PREDICTION);
    const batchLogits = outputs.get(LOGITS);
    if (!batchScores || !batchLogits) throw new DarseError('internal', 'the engine returned no predictions');
    batch.forEach((i, row) => {
      scores[i] = batchScores[row]!;
      logits.set(batchLogits.subarray(row * classCount, (row + 1) * classCount), i * classCount);
    });
    done += batch.length;
    onBatch?.(done);
  }
  return { scores, logits, classCount };
}
