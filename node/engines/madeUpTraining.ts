import { CLASS_COUNT } from '../../shared/data/example.ts';
import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';
import { trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import type { TrainingSettings } from '../../shared/trial/trainingFields.ts';

/** The training loop itself on made-up texts, a step at a time, so that steps can be timed. */
export interface MadeUpTraining {
  /** One step with all that belongs to it: batch, gradients, optimiser. */
  step(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts a training of at most `steps` steps whose texts all have `settings.maxTokens` tokens. */
export async function startMadeUpTraining(
  engine: Engine,
  backbone: Backbone,
  settings: TrainingSettings,
  steps: number,
): Promise<MadeUpTraining> {
  const spec = trialSpecOf({ ...settings, epochs: 1 }, backbone.config, []);
  const train = Array.from({ length: steps * spec.batchSize }, (_, number) => madeUpText(backbone, spec, number));
  // Looked at only after the last step, which `step` never goes beyond.
  const data = { train, validation: train.slice(0, 1), test: [] };
  const trial = runTrial(spec, data, { engine, backbone, afterStep: () => 'continue' });
  await trial.next();
  return {
    async step() {
      const { value } = await trial.next();
      if (value.kind !== 'step') throw new DarseError('internal', `only ${steps} steps were prepared`);
    },
    async dispose() {
      await trial.return({ kind: 'stopped', step: 0 });
    },
  };
}

function madeUpText({ config }: Backbone, { maxTokens }: { maxTokens: number }, number: number): EncodedExample {
  const key = randomKey(0, 'made-up text', number);
  const firstId = config.padId + 1;
  const ids = Int32Array.from({ length: maxTokens }, (_, i) =>
    Math.floor(firstId + uniformAt(key, i) * (config.vocabularySize - firstId)),
  );
  const label = number % CLASS_COUNT;
  return { id: String(number), text: '', score: label / 2 - 1, label, number, ids };
}
