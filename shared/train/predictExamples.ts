import { evaluationBatches, type Padding, paddedLength } from '../data/batches.ts';
import type { Backbone } from '../encoder/backbone.ts';
import type { PreparedPlan } from '../engines/engine.ts';
import { type AdapterSpec, scaleInputs } from '../lora/adapterSpec.ts';
import type { Plan } from '../plan/plan.ts';
import { DarseError } from '../study/darseError.ts';
import { type ParameterLayout, parameterViews } from './parameterSet.ts';
import { LOGITS, PREDICTION } from './stepPlan.ts';
import { runSizes, type TokenRow, tokenInputs } from './tokenInputs.ts';

/** A prediction plan made ready, with what it runs on. */
export interface PredictionTask {
  readonly plan: Plan;
  readonly prepared: PreparedPlan;
  readonly backbone: Backbone;
  readonly adapter: AdapterSpec;
  readonly layout: ParameterLayout;
  readonly maxTokens: number;
  readonly padding: Padding;
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
  const { plan, prepared, backbone, adapter, layout } = task;
  const classCount = Number(plan.outputs.get(LOGITS)?.shape[1]);
  const scores = new Float32Array(texts.length);
  const logits = new Float32Array(texts.length * classCount);
  const trained = [...parameterViews(layout, parameters), ...scaleInputs(adapter)];
  const lengths = texts.map(({ ids }) => ids.length);
  let done = 0;
  for (const batch of evaluationBatches(lengths, task.batchSize)) {
    const rows = Array.from(batch, (i) => texts[i]!);
    const longest = Math.max(...rows.map(({ ids }) => ids.length));
    const length = paddedLength(longest, task.maxTokens, task.padding);
    const sizes = runSizes(rows.length, length, adapter.ranks);
    const inputs = tokenInputs(plan, sizes, rows, length, backbone, { seed: 0, step: 0 });
    const outputs = await prepared.run(sizes, new Map([...inputs, ...trained]));
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
