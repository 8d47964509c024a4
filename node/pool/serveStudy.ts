import { STUDY_FIELDS } from '../../shared/search/studyFields.ts';
import { parseSettings } from '../../shared/study/fields.ts';
import { type ServedStudy, serveTrials } from '../../workers/serveTrials.ts';
import type { OpenMessage } from '../../workers/trialMessages.ts';
import { openStudy } from '../study/openStudy.ts';
import { openStudyEngine } from '../study/openTrainer.ts';
import { trainingExecutor } from '../study/trainingExecutor.ts';

/** What a training process does: it opens a study itself and runs its trials for the process that forked it, for as long as that one lives. */
export function serveStudy(): void {
  // A terminal signals to the whole group; what is to be done about it the parent says.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
  process.on('disconnect', () => process.exit());
  if (!process.connected) process.exit();
  const port = {
    // A parent that is gone is no error: `disconnect` follows.
    post: (message: unknown) => void process.send?.(message, undefined, undefined, () => undefined),
    listen: (heard: (message: unknown) => void) => void process.on('message', heard),
  };
  serveTrials(port, openServed);
}

async function openServed({ folder, settings, checkpointSeconds }: OpenMessage): Promise<ServedStudy> {
  const toOpen = { folder, settings: parseSettings(STUDY_FIELDS, settings), checkpointSeconds };
  const study = await openStudy({ ...toOpen, reproduces: null, begun: null }, { quiet: true });
  const engine = await openStudyEngine(study);
  return {
    key: study.key,
    engine: engine.description,
    executor: (stop) => trainingExecutor(study, engine, stop),
  };
}
