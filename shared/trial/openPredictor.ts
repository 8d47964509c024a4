import type { Engine } from '../engines/engine.ts';
import { type Predictions, predictExamples } from '../train/predictExamples.ts';
import { recordPrediction } from '../train/stepPlan.ts';
import type { Predictor } from './adapterFolderOf.ts';
import type { Model } from './openModelFiles.ts';
import { predictionModel } from './trialSpec.ts';

/** Texts predicted at one time. */
const PREDICTION_BATCH = 32;

/** A trained adapter ready to judge texts. */
export interface OpenPredictor {
  /** Scores and logits of texts in their order; `onBatch` hears how many are done. */
  readonly predict: (texts: readonly string[], onBatch?: (done: number) => void) => Promise<Predictions>;
  readonly dispose: () => Promise<void>;
}

/** Prepares a predictor on an engine; its model's weights must be what the engine reads. */
export async function openPredictor(
  { spec, layout, parameters }: Predictor,
  { backbone, tokenizer }: Model,
  engine: Engine,
): Promise<OpenPredictor> {
  const plan = recordPrediction(predictionModel(spec, backbone.config));
  const prepared = await engine.prepare(plan);
  const { adapter, maxTokens, padding } = spec;
  const task = { plan, prepared, backbone, layout, adapter, maxTokens, padding, batchSize: PREDICTION_BATCH };
  return {
    predict(texts, onBatch) {
      const rows = texts.map((text, number) => ({ ids: tokenizer.encode(text, maxTokens).ids, number }));
      return predictExamples(task, rows, parameters, onBatch);
    },
    dispose: () => prepared.dispose(),
  };
}
