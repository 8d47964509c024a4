import type { Engine } from '../../shared/engines/engine.ts';
import { reusePlans } from '../../shared/engines/reusePlans.ts';
import { createStrategy } from '../../shared/search/createStrategy.ts';
import type { Trial } from '../../shared/search/evaluation.ts';
import { paperGroupImportance } from '../../shared/search/paperImportance.ts';
import { createPruner } from '../../shared/search/pruners/createPruner.ts';
import type { Pruner } from '../../shared/search/pruners/pruner.ts';
import { reproductionPlan } from '../../shared/search/presets/reproductionPlan.ts';
import { type RankSpace, uniformRanks } from '../../shared/search/rankSpace.ts';
import type { Strategy } from '../../shared/search/strategy.ts';
import { type StudySettings, studySpace, trainingSettingsOf } from '../../shared/search/studyFields.ts';
import { type Reproduction, SMOKE_NOTICE } from '../../shared/search/presets/paperPresets.ts';
import type { StudyHeader } from '../../shared/search/studyJournal.ts';
import { trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { encodeParts, type SplitData } from '../../shared/trial/splitData.ts';
import { type TrialGround, trialKey } from '../../shared/trial/trialKey.ts';
import type { TrialData, TrialSpec } from '../../shared/trial/trialSpec.ts';
import type { CommandContext } from '../commandContext.ts';
import { openEngine } from '../openEngine.ts';
import { openGround } from '../openGround.ts';
import type { OpenModel } from '../openModel.ts';
import { describeParts } from '../prepareData.ts';
import { checkSameRun } from '../runRecord.ts';

/** A study with all it works on, each read or opened once. */
export interface OpenStudy {
  readonly context: CommandContext;
  readonly folder: string;
  readonly settings: StudySettings;
  /** The experiment of the paper that it reproduces. */
  readonly reproduces: Reproduction | null;
  readonly checkpointSeconds: number;
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly pruner: Pruner;
  readonly model: OpenModel;
  readonly engine: Engine;
  readonly split: SplitData;
  readonly ground: TrialGround;
  /** See `StudyHeader`. */
  readonly key: string;
  /** With the test rows, which the search does not look at. */
  readonly data: TrialData;
  /** The training that the study asks for. */
  specOf(trial: Pick<Trial, 'ranks' | 'seed' | 'learningRate'>): TrialSpec;
  close(): Promise<void>;
}

/** What a study is opened from. */
export type StudyToOpen = Pick<OpenStudy, 'context' | 'folder' | 'settings' | 'reproduces' | 'checkpointSeconds'> & {
  /** Of a study to go on with: what it stands on must still be the same. */
  readonly begun: StudyHeader | null;
};

/** Opens a study; nothing is written. Throws `usage` for settings that cannot be, `input` where its ground has changed. */
export async function openStudy({ begun, ...study }: StudyToOpen): Promise<OpenStudy> {
  const { context, folder, settings } = study;
  const { split, model, ground } = await openGround({ ...settings, ranks: '0' }, context);
  try {
    const { config } = model.backbone;
    const space = studySpace(settings, config);
    const importance = await givenImportance(settings, space, model.backbone);
    const strategy = createStrategy(settings, space, importance && (() => importance));
    const pruner = createPruner(settings, settings.epochs);
    if (study.reproduces) {
      if (study.reproduces.scale === 'smoke') context.note(SMOKE_NOTICE);
      context.note(reproductionPlan(study.reproduces, settings, space, split.parts.train.length));
    }
    const specOf: OpenStudy['specOf'] = (trial) =>
      trialSpecOf(trainingSettingsOf(settings, space, trial), config, split.parts.train);
    const first = specOf({ ranks: uniformRanks(space, space.allowed[0] ?? 0) });
    const key = trialKey(first, ground);
    if (begun) checkSameRun(folder, begun, key, ground);
    for (const line of describeParts(split, model.tokenizer, first.maxTokens)) context.note(line);
    const data = encodeParts(split.parts, model.tokenizer, first.maxTokens);
    const engine = reusePlans(await openEngine(settings, model.backbone.readConstant));
    context.note(`engine ${engine.description.name}: ${engine.description.device}`);
    return {
      ...study,
      space,
      strategy,
      pruner,
      model,
      engine,
      split,
      ground,
      key,
      data,
      specOf,
      async close() {
        await engine.dispose();
        await model.close();
      },
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
