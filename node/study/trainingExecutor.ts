import type { Engine } from '../../shared/engines/engine.ts';
import type { Executor, Trial } from '../../shared/search/evaluation.ts';
import { groupImportance } from '../../shared/search/groupImportance.ts';
import type { CurveNews } from '../../shared/search/pruners/watchCurves.ts';
import type { TrialFacts } from '../../shared/search/studyJournal.ts';
import { trialImportance } from '../../shared/search/trialImportance.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { adapterFolderOf } from '../../shared/trial/adapterFolderOf.ts';
import { openTrialRun } from '../../shared/trial/checkpointedTrial.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import { trialKey } from '../../shared/trial/trialKey.ts';
import { folderCheckpoints } from '../runFolder.ts';
import { baseModel } from '../trainingFacts.ts';
import { checkpointFolder } from './checkpointFolders.ts';
import type { OpenStudy } from './openStudy.ts';
import { storeTrial } from './storedTrial.ts';

/** What an event tells of its trial's validation curve; null: nothing. */
export function curveNews(event: StudyTrialEvent): CurveNews | null {
  if (event.kind === 'started') return { kind: 'begins', curve: event.curve };
  return event.kind === 'epoch' ? { kind: 'epoch', mse: event.validation.mse } : null;
}

/**
 * Trains each proposal here, one after the other, from its newest checkpoint where there is one, until `stop` is aborted. A training whose
 * numbers run away or whose engine refuses it is a failed trial; whatever else goes wrong ends the study, which can be resumed.
 */
export function trainingExecutor(study: OpenStudy, engine: Engine, stop: AbortSignal): Executor<StudyTrialEvent> {
  return {
    async *evaluate(trial) {
      try {
        return stop.aborted ? null : yield* train(study, engine, stop, trial);
      } catch (error) {
        if (error instanceof DarseError && (error.code === 'notFinite' || error.code === 'engine')) {
          return { status: 'failed', message: error.message };
        }
        throw error;
      }
    },
  };
}

async function* train(
  study: OpenStudy,
  engine: Engine,
  stop: AbortSignal,
  trial: Trial,
): ReturnType<Executor<StudyTrialEvent>['evaluate']> {
  const { model, checkpointSeconds, settings, space } = study;
  const { number } = trial;
  const spec = study.specOf(trial);
  const data = trial.onTest ? study.data : { ...study.data, test: [] };
  const key = trialKey(spec, study.ground);
  const folder = await checkpointFolder(study.folder, number);
  const run = await openTrialRun({
    spec,
    data,
    engine,
    backbone: model.backbone,
    checkpoints: folderCheckpoints(folder, key),
    checkpointSeconds,
    stop,
    memoryBytes: () => process.memoryUsage.rss(),
    now: () => performance.now(),
  });
  for (const message of run.problems) yield { kind: 'problem', message };
  const { end, seconds, peakMemoryBytes } = yield* run.events;
  if (end.kind === 'stopped') {
    yield { kind: 'interrupted', step: end.step };
    return null;
  }
  const { score, epoch, epochs, steps, validation, test, testScores, parameters, sensitivity } = end.result;
  // What the confirmation trains is looked at and not handed over.
  if (!trial.onTest) await storeTrial(study.folder, number, key, parameters);
  const { modules } = adapterFolderOf(spec, model.backbone.config, baseModel(model), parameters);
  const report = validation[settings.objective];
  const facts: TrialFacts = {
    key,
    epoch,
    steps,
    validation: report.metrics,
    seconds: seconds.total,
    ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
    resumedFromStep: run.resumedFromStep,
    engine: engine.description,
    confusion: report.confusion.map((row) => [...row]),
    worst: report.worst.map(({ text: _text, ...row }) => row),
    ...(test && { test: test.metrics }),
  };
  const ofModule = trialImportance(settings.importance, modules, sensitivity);
  return {
    status: 'finished',
    score,
    ...(ofModule && { importance: groupImportance(space, ofModule) }),
    curve: epochs.map((record) => record.validation.mse),
    ...(testScores && { squaredErrors: data.test.map((row, i) => ((testScores[i] ?? Number.NaN) - row.score) ** 2) }),
    facts,
  };
}
