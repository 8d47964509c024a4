import type { Executor } from '../../shared/search/evaluation.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import type { Engine, EngineDescription } from '../../shared/engines/engine.ts';
import { reusePlans } from '../../shared/engines/reusePlans.ts';
import { openEngine } from '../openEngine.ts';
import { openTrainingPool, type PoolOptions } from '../pool/openTrainingPool.ts';
import type { OpenStudy } from './openStudy.ts';
import { trainingExecutor } from './trainingExecutor.ts';

/** What runs the trainings of a study. */
export interface StudyTrainer {
  readonly executor: Executor<StudyTrialEvent>;
  readonly engine: EngineDescription;
  /** The most trainings at once. */
  readonly parallel: number;
  close(): Promise<void>;
}

/**
 * Opens what trains: this process, or several of its own. When `asked` is aborted, what runs is saved and left. `ready`: the study's engine in this process,
 * where it is open already; the trainer closes it.
 */
export async function openTrainer(
  study: OpenStudy,
  asked: AbortSignal,
  options: PoolOptions,
  ready: Engine | null = null,
): Promise<StudyTrainer> {
  if (options.parallel > 1) {
    await ready?.dispose();
    return openTrainingPool(study, asked, options);
  }
  const engine = ready ?? (await openStudyEngine(study));
  return {
    executor: trainingExecutor(study, engine, asked),
    engine: engine.description,
    parallel: 1,
    close: () => engine.dispose(),
  };
}

/** The engine that a study's trainings share, one after the other. */
export async function openStudyEngine({ settings, model }: OpenStudy): Promise<Engine> {
  return reusePlans(await openEngine(settings, model.backbone.readConstant));
}
