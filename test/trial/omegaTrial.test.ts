import { beforeAll, describe, expect, it } from 'vitest';
import { loraAName, loraBName } from '../../shared/lora/loraLinear.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import type { TrialSpec } from '../../shared/trial/trialSpec.ts';
import { driveTrial, type DrivenTrial, eventsOf } from '../support/driveTrial.ts';
import { type RandomBackbone, randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

const CONFIG = tinyConfig();
/** Parameters are float32. */
const RELATIVE_TOLERANCE = 1e-6;

let encoder: RandomBackbone;
beforeAll(async () => {
  encoder = await randomBackbone(CONFIG);
});

function drive(changes: Partial<TrialSpec>, stops: readonly number[] = []): Promise<DrivenTrial> {
  const engine = openReferenceEngine(encoder);
  const spec = tinySpec(CONFIG, { epochs: 2, ...changes });
  return driveTrial({ spec, data: tinyData(CONFIG, 20), engine, backbone: encoder.backbone }, stops);
}

/** Σ ‖A‖² + ‖B‖² of what a trial hands over. */
function squaredNorm({ result }: DrivenTrial): number {
  const factors = [...result.parameters].filter(
    ([name]) => name.endsWith(loraAName('')) || name.endsWith(loraBName('')),
  );
  expect(factors).toHaveLength(8);
  return factors.reduce((sum, [, { data }]) => sum + data.reduce((total, p) => total + p * p, 0), 0);
}

describe('a trial with --omega', () => {
  it('shows the regulariser beside the losses of the task, which do not contain it', async () => {
    const [first, plain] = [await drive({ omega: 0.1 }), await drive({})].map(
      ({ events }) => eventsOf(events, 'step')[0],
    );
    expect(first?.losses).toEqual(plain?.losses);
    expect(plain).not.toHaveProperty('omega');
    // The first step's rate is 0, so a trial of that step alone hands over the start values.
    const start = squaredNorm(await drive({ learningRate: 0 }));
    expect(Math.abs((first?.omega ?? 0) / start - 1)).toBeLessThan(RELATIVE_TOLERANCE);
  });

  it('takes part in the norm by which gradients are clipped', async () => {
    // At the first step B = 0: A has no gradient of the task and B none of the regulariser, so the squares add up.
    const [first, plain] = [await drive({ omega: 0.1 }), await drive({})].map(
      ({ events }) => eventsOf(events, 'step')[0],
    );
    const expected = Math.hypot(plain?.gradientNorm ?? 0, 2 * 0.1 * Math.sqrt(first?.omega ?? 0));
    expect(Math.abs((first?.gradientNorm ?? 0) / expected - 1)).toBeLessThan(RELATIVE_TOLERANCE);
    expect(first?.gradientNorm).toBeGreaterThan(plain?.gradientNorm ?? 0);
  });

  it('ends with smaller factors than one without', async () => {
    expect(squaredNorm(await drive({ omega: 10 }))).toBeLessThan(0.98 * squaredNorm(await drive({})));
  });

  it('stopped and gone on with ends with the bytes of one that never stopped', async () => {
    expect((await drive({ omega: 0.1 }, [2, 4])).result).toEqual((await drive({ omega: 0.1 })).result);
  });
});

describe('--omega', () => {
  const specOf = (flags: Record<string, unknown>) => trialSpecOf(readTrainingSettings(null, {}, flags), CONFIG, []);

  it('of 0, the default, leaves no trace in the spec, and so no other key', () => {
    expect(specOf({})).not.toHaveProperty('omega');
    expect(specOf({ omega: '0' })).toEqual(specOf({}));
    expect(specOf({ omega: '1e-3' }).omega).toBe(1e-3);
  });

  it('is refused below 0 and with AdaLoRA, which has a regulariser of its own', () => {
    expect(() => specOf({ omega: '-1' })).toThrow('--omega must be');
    expect(() => specOf({ omega: '0.1', method: 'adalora' })).toThrow(
      '--omega 0.1 regularises plain LoRA; --method adalora has a regulariser of its own',
    );
  });
});
