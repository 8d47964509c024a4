import { predictedTexts } from '../../shared/export/predictionsCsv.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { OpenPredictor } from '../../shared/trial/openPredictor.ts';
import { type Answer, answer } from './answer.ts';
import { inspectData, openTraining, previewData, type Training } from './openTraining.ts';
import { createPausing, type Pausing } from './pausing.ts';
import { restorePredictor, runOpenTraining } from './runOpenTraining.ts';
import type { FromService, TrainingService } from './trainingMessages.ts';
import { createWarmParts } from './warmParts.ts';

/** What a page's worker does when called: one thing at a time, but for wishes and signs of life. */
export function createTrainingService(): TrainingService {
  const warm = createWarmParts();
  let training: Training | undefined;
  let predictor: OpenPredictor | undefined;
  let running: Pausing | undefined;

  return {
    alive: () => true,
    preview: (file) => answer(previewData(file)),
    inspect: (request, port) => told(port, (tell) => inspectData(request, warm, tell)),
    open: (request, port) =>
      told(port, async (tell) => {
        training = undefined;
        training = await openTraining(request, warm, tell);
        return training.opened;
      }),
    train: (checkpoints, port) =>
      told(port, async (tell) => {
        if (!training || running) {
          throw new DarseError('internal', running ? 'a training runs already' : 'no training is open');
        }
        running = createPausing(() => tell({ kind: 'paused' }));
        try {
          await predictor?.dispose();
          predictor = undefined;
          const trained = await runOpenTraining(training, checkpoints, running, port);
          ({ predictor } = trained);
          return trained.end;
        } finally {
          running = undefined;
        }
      }),
    wish: (wish) => running?.hear(wish),
    restore: (request, trained, port) =>
      told(port, async (tell) => {
        training = await openTraining(request, warm, tell);
        await predictor?.dispose();
        predictor = await restorePredictor(training, trained);
        return true as const;
      }),
    predict: (texts) =>
      answer(
        (async () => {
          if (!predictor) throw new DarseError('usage', 'no training has finished: there is nothing to judge with');
          const rows = texts.map((text, i) => ({ id: String(i + 1), text }));
          return predictedTexts(rows, await predictor.predict(texts));
        })(),
      ),
  };
}

/** The answer of a call that tells of its course through a port. */
function told<Value>(
  port: MessagePort,
  run: (tell: (message: FromService) => void) => Promise<Value>,
): Promise<Answer<Value>> {
  const tell = (message: FromService) => port.postMessage(message);
  return answer(run(tell)).finally(() => tell({ kind: 'end' }));
}
