import { beforeAll, describe, expect, it } from 'vitest';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { TARGETS } from '../../shared/lora/modulePaths.ts';
import { expandRanks } from '../../shared/lora/rankMap.ts';
import { type DrivenTrial, driveTrial, eventsOf } from '../support/driveTrial.ts';
import { randomBackbone, type RandomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

/** Of each loss: what float32 makes of 20 updates, each of which carries on the rounding of those before it. */
const LOSS_TOLERANCE = 1e-4;
const STEPS = 20;

describe.each(['first', 'mean'] as const)('a trial with dropout everywhere, reading %s', (pooling) => {
  const config = tinyConfig({ hiddenSize: 16, headCount: 4, intermediateSize: 20 });
  const spec = tinySpec(config, {
    pooling,
    epochs: 4,
    adapter: adapterSpec(expandRanks([3, 2], TARGETS), { kind: 'rank' }),
    loraDropout: 0.2,
    backboneDropout: {
      hidden: 0.2,
      attention: 0.2,
    },
  });
  const data = tinyData(config, 5 * spec.batchSize - 3);
  let encoder: RandomBackbone;
  let oracle: DrivenTrial;
  beforeAll(async () => {
    encoder = await randomBackbone(config);
    oracle = await driveTrial({ spec, data, engine: openReferenceEngine(encoder), backbone: encoder.backbone });
  });

  it.each(TEST_ENGINES)('follows float64 over 20 steps on engine $name', async ({ open }) => {
    const engine = await open(encoder.backbone.readConstant);
    const found = await driveTrial({ spec, data, engine, backbone: encoder.backbone });
    await engine.dispose();
    expect(found.events.map(({ kind }) => kind)).toEqual(oracle.events.map(({ kind }) => kind));
    const wanted = eventsOf(oracle.events, 'step');
    expect(wanted).toHaveLength(STEPS);
    expect(wanted.at(-1)?.losses.total).toBeLessThan(0.9 * (wanted[0]?.losses.total ?? 0));
    for (const [i, { losses }] of eventsOf(found.events, 'step').entries()) {
      for (const part of ['regression', 'classes'] as const) {
        const loss = wanted[i]?.losses[part] ?? Number.NaN;
        expect(Math.abs(losses[part] / loss - 1), `${part} loss of step ${i + 1}`).toBeLessThan(LOSS_TOLERANCE);
      }
    }
    expect(Math.abs(found.result.score / oracle.result.score - 1)).toBeLessThan(LOSS_TOLERANCE);
  });
});
