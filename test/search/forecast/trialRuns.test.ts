import { expect, it } from 'vitest';
import type { Engine } from '../../../shared/engines/engine.ts';
import { epochRuns, evaluationRuns, type RunSize } from '../../../shared/search/forecast/trialRuns.ts';
import { driveTrial } from '../../support/driveTrial.ts';
import { randomBackbone, tinyConfig } from '../../support/randomBackbone.ts';
import { openReferenceEngine } from '../../support/referenceStep.ts';
import { tinyData, tinySpec } from '../../support/tinyTrial.ts';

it('foresees the runs of epochs and evaluations that a training asks its engine for', async () => {
  const encoder = await randomBackbone(tinyConfig());
  const spec = tinySpec(tinyConfig(), { epochs: 2, batchSize: 8, microBatchSize: 3, seed: 5 });
  const data = tinyData(tinyConfig(), 21);
  const asked: RunSize[] = [];
  await driveTrial({ spec, data, engine: noting(openReferenceEngine(encoder), asked), backbone: encoder.backbone });
  const [train, validation, test] = [data.train, data.validation, data.test].map((part) =>
    part.map(({ ids }) => ids.length),
  );
  const evaluated = evaluationRuns(validation ?? [], spec);
  const epochs = [1, 2].map((epoch) =>
    epochRuns(train ?? [], spec, epoch)
      .flat()
      .concat(evaluated),
  );
  const expected = [...epochs.flat(), ...evaluationRuns(test ?? [], spec)];
  // Where the last epoch is not the best one, the best one is looked at again before the test part.
  const [again, tested] = [asked.slice(epochs.flat().length, -1), asked.slice(-1)];
  expect([...asked.slice(0, epochs.flat().length), ...tested]).toEqual(expected);
  expect([[], evaluated]).toContainEqual(again);
});

function noting(engine: Engine, asked: RunSize[]): Engine {
  return {
    description: engine.description,
    tensorCount: () => engine.tensorCount(),
    dispose: () => engine.dispose(),
    async prepare(plan) {
      const prepared = await engine.prepare(plan);
      return {
        dispose: () => prepared.dispose(),
        run(sizes, given) {
          asked.push({ rows: sizes.get('B') ?? 0, tokens: sizes.get('T') ?? 0 });
          return prepared.run(sizes, given);
        },
      };
    },
  };
}
