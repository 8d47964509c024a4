import type { ReadConstant } from '../../shared/engines/engine.ts';
import { reusePlans } from '../../shared/engines/reusePlans.ts';
import type { TrainingSettings } from '../../shared/trial/trainingFields.ts';
import type { LoadedModel } from './loadModel.ts';
import { type ChosenEngine, openPageEngine } from './pageEngines.ts';

/** What stays from one training to the next: the model, and the engine with its weights and prepared plans. */
export interface WarmParts {
  /** The model of that address; loaded where it is another than the last. */
  model(url: string, load: () => Promise<LoadedModel>): Promise<LoadedModel>;
  /** The engine that the settings name for the model's weights. */
  engine(settings: Pick<TrainingSettings, 'engine' | 'threads'>, readConstant: ReadConstant): Promise<ChosenEngine>;
}

export function createWarmParts(): WarmParts {
  let model: LoadedModel | undefined;
  let opened: { readonly key: string; readonly chosen: ChosenEngine } | undefined;
  const closeEngine = async () => {
    await opened?.chosen.engine.dispose();
    opened = undefined;
  };
  return {
    async model(url, load) {
      if (model?.url === url) return model;
      await closeEngine();
      model = undefined;
      model = await load();
      return model;
    },
    async engine({ engine, threads }, readConstant) {
      const key = `${engine} ${threads}`;
      if (opened?.key === key) return opened.chosen;
      await closeEngine();
      const chosen = await openPageEngine(engine, { readConstant, threads });
      opened = { key, chosen: { ...chosen, engine: reusePlans(chosen.engine) } };
      return opened.chosen;
    },
  };
}
