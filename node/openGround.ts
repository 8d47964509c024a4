import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TrainingSettings } from '../shared/trial/trainingFields.ts';
import type { SplitData } from '../shared/trial/splitData.ts';
import type { TrialGround } from '../shared/trial/trialKey.ts';
import type { CommandContext } from './commandContext.ts';
import { BUNDLED_MODEL } from './hub/resolveModel.ts';
import { modelIdentity } from './modelIdentity.ts';
import { type OpenModel, openModel } from './openModel.ts';
import { readSplitData } from './prepareData.ts';

/** What trainings stand on, each read or opened once: data, split and backbone. */
export interface OpenGround {
  readonly split: SplitData;
  readonly model: OpenModel;
  readonly ground: TrialGround;
}

/** Reads and splits the data and opens the backbone that the settings name; close `model` when done. */
export async function openGround(
  settings: TrainingSettings,
  context: Pick<CommandContext, 'quiet'>,
): Promise<OpenGround> {
  const split = await readSplitData(settings);
  const model = await openModel(settings.model, context);
  try {
    const identity = await modelIdentity(model.folder);
    return {
      split,
      model,
      ground: { dataHash: split.dataSet.hash, splitHash: split.splitHash, model: identity },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** The settings with paths made absolute, so that what they began can be resumed from anywhere. */
export function withAbsolutePaths<S extends Pick<TrainingSettings, 'data' | 'split' | 'model'>>(settings: S): S {
  const { data, split, model } = settings;
  return {
    ...settings,
    data: data && resolve(data),
    split: split && resolve(split),
    model: model !== BUNDLED_MODEL && existsSync(model) ? resolve(model) : model,
  };
}
