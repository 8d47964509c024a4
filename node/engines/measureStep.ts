import type { Engine, ReadConstant } from '../../shared/engines/engine.ts';
import { readTrainingSettings } from '../../shared/trial/readTrainingSettings.ts';
import { openModel } from '../openModel.ts';
import { startMadeUpTraining } from './madeUpTraining.ts';
import { median } from '../../shared/study/median.ts';

export interface StepMeasurement {
  /** Median of the timed steps. */
  readonly milliseconds: number;
  readonly work: string;
}

const BATCH = 10;
const TOKENS = 64;
/** Steps before timing, and timed ones. */
const WARM = 2;
const TIMED = 7;

/** Times training steps of the bundled backbone (rank 8 on query and value, no dropout) on an engine. */
export async function measureStep(
  open: (readConstant: ReadConstant) => Promise<Engine>,
): Promise<{ device: string; measured: StepMeasurement }> {
  const model = await openModel('minilm-l6', { quiet: true });
  const engine = await open(model.backbone.readConstant);
  try {
    const flags = { headDropout: 0, batch: BATCH, maxTokens: TOKENS };
    const settings = readTrainingSettings(null, {}, flags);
    const training = await startMadeUpTraining(engine, model.backbone, settings, WARM + TIMED);
    const times: number[] = [];
    for (let step = 0; step < WARM + TIMED; step++) {
      const startedAt = performance.now();
      await training.step();
      if (step >= WARM) times.push(performance.now() - startedAt);
    }
    await training.dispose();
    const work = `MiniLM-L6, batch ${BATCH}, ${TOKENS} tokens, rank 8 on query and value`;
    return { device: engine.description.device, measured: { milliseconds: median(times), work } };
  } finally {
    await engine.dispose();
    await model.close();
  }
}
