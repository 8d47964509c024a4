import { createStrategy } from '../../shared/search/createStrategy.ts';
import type { Trial } from '../../shared/search/evaluation.ts';
import { paperGroupImportance } from '../../shared/search/paperImportance.ts';
import { createPruner } from '../../shared/search/pruners/createPruner.ts';
import type { Pruner } from '../../shared/search/pruners/pruner.ts';
import { type RankSpace, uniformRanks } from '../../shared/search/rankSpace.ts';
import type { Strategy } from '../../shared/search/strategy.ts';
import { type StudySettings, studySpace, trainingSettingsOf } from '../../shared/search/studyFields.ts';
import type { Reproduction } from '../../shared/search/presets/paperPresets.ts';
import type { StudyHeader } from '../../shared/search/studyJournal.ts';
import { trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { encodeParts, type SplitData } from '../../shared/trial/splitData.ts';
import { type TrialGround, trialKey } from '../../shared/trial/trialKey.ts';
import type { TrialData, TrialSpec } from '../../shared/trial/trialSpec.ts';
import type { CommandContext } from '../commandContext.ts';
import { openGround } from '../openGround.ts';
import type { OpenModel } from '../openModel.ts';
import { checkSameRun } from '../runRecord.ts';

/** A study with all it works on, each read or opened once. */
export interface OpenStudy {
  readonly folder: string;
  readonly settings: StudySettings;
  /** The experiment of the paper that it reproduces. */
  readonly reproduces: Reproduction | null;
  readonly checkpointSeconds: number;
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly pruner: Pruner;
  readonly model: OpenModel;
  readonly split: SplitData;
  readonly ground: TrialGround;
  /** See `StudyHeader`. */
  readonly key: string;
  /** With the test rows, which the search does not look at; texts cut to `maxTokens`. */
  readonly data: TrialData;
  readonly maxTokens: number;
  /** The training that the study asks for. */
  specOf(trial: Pick<Trial, 'ranks' | 'seed' | 'learningRate'>): TrialSpec;
  close(): Promise<void>;
}

/** What a study is opened from. */
export type StudyToOpen = Pick<OpenStudy, 'folder' | 'settings' | 'reproduces' | 'checkpointSeconds'> & {
  /** Of a study to go on with: what it stands on must still be the same. */
  readonly begun: StudyHeader | null;
};

/** The same study at other settings of its search, its epochs or its confirmation: what follows from them is made anew. */
export function atSettings(study: OpenStudy, settings: StudySettings): OpenStudy {
  return { ...study, settings, ...followingFrom(settings, study) };
}

/** Opens a study; nothing is written. Throws `usage` for settings that cannot be, `input` where its ground has changed. */
export async function openStudy(
  { begun, ...study }: StudyToOpen,
  context: Pick<CommandContext, 'quiet'>,
): Promise<OpenStudy> {
  const { folder, settings } = study;
  const { split, model, ground } = await openGround({ ...settings, ranks: '0' }, context);
  try {
    const { config } = model.backbone;
    const space = studySpace(settings, config);
    const importance = await givenImportance(settings, space, model.backbone);
    const strategy = createStrategy(settings, space, importance && (() => importance));
    const following = followingFrom(settings, { space, model, split, ground });
    if (begun) checkSameRun(folder, begun, following.key, ground);
    const { maxTokens } = following.specOf({ ranks: uniformRanks(space, 0) });
    const data = encodeParts(split.parts, model.tokenizer, maxTokens);
    return {
      ...study,
      ...following,
      space,
      strategy,
      model,
      split,
      ground,
      data,
      maxTokens,
      close: () => model.close(),
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** The importance that the allocation goes by where no trial measures it. */
async function givenImportance(
  { strategy, importance }: StudySettings,
  space: RankSpace,
  { readConstant }: OpenModel['backbone'],
): Promise<readonly number[] | undefined> {
  return strategy === 'darse' && importance === 'paper' ? paperGroupImportance(space, readConstant) : undefined;
}

function followingFrom(
  settings: StudySettings,
  { space, model, split, ground }: Pick<OpenStudy, 'space' | 'model' | 'split' | 'ground'>,
): Pick<OpenStudy, 'pruner' | 'specOf' | 'key'> {
  const specOf: OpenStudy['specOf'] = (trial) =>
    trialSpecOf(trainingSettingsOf(settings, space, trial), model.backbone.config, split.parts.train);
  const first = specOf({ ranks: uniformRanks(space, space.allowed[0] ?? 0) });
  return { pruner: createPruner(settings, settings.epochs), specOf, key: trialKey(first, ground) };
}
