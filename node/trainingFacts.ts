import { basename } from 'node:path';
import type { EngineDescription } from '../shared/engines/engine.ts';
import type { BaseModel } from '../shared/export/adapterFolder.ts';
import type { EvaluatedPart, TrainingFacts } from '../shared/export/modelCard.ts';
import { formatAlphaRule } from '../shared/lora/loraScale.ts';
import type { TrainingSettings } from '../shared/trial/trainingFields.ts';
import type { OpenModel } from './openModel.ts';
import type { Training } from './runTraining.ts';

/** How an adapter names its backbone: the bundled one and hub ids by name, a folder by its path. */
export function baseModel({ folder: { name, path, revision, origin }, backbone }: OpenModel): BaseModel {
  const { modelType } = backbone.config;
  if (origin !== undefined) return { nameOrPath: name, origin, modelType };
  return revision === undefined ? { nameOrPath: path, modelType } : { nameOrPath: name, revision, modelType };
}

type FactSource = Pick<Training, 'spec' | 'model' | 'split'> & {
  readonly engine: EngineDescription;
  readonly settings: Omit<TrainingSettings, 'ranks'>;
};

/** What a model card tells of a training; `ranks` as its user would write them, `more` rows after the common ones. */
export function trainingFacts(
  { settings, spec, model, engine, split }: FactSource,
  ranks: string,
  results: readonly EvaluatedPart[],
  more: TrainingFacts['settings'],
): TrainingFacts {
  const dataName = basename(split.dataSet.name);
  return {
    title: `Sentiment of ${dataName} on ${model.folder.name}`,
    dataName,
    settings: [
      ['method', settings.method],
      ['adapted', `${settings.targets}; ranks ${ranks}; alpha ${formatAlphaRule(spec.alpha)}`],
      ['epochs, batch', `${settings.epochs}, ${settings.batch}`],
      ['learning rate', String(spec.learningRate)],
      ...(spec.omega === undefined ? [] : [['omega', String(spec.omega)] as const]),
      ['seed', String(settings.seed)],
      ['data hash', split.dataSet.hash],
      ['engine', `${engine.name}, ${engine.device}`],
      ...more,
    ],
    results,
  };
}
