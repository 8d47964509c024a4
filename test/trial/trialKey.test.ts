import { describe, expect, it } from 'vitest';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { trialKey } from '../../shared/trial/trialKey.ts';
import { tinyConfig } from '../support/randomBackbone.ts';
import { tinySpec } from '../support/tinyTrial.ts';

const GROUND = { dataHash: 'a', splitHash: 'b', model: { name: 'm', revision: 'r' } };
const CONFIG = tinyConfig();
const QUERY = 'encoder.layer.0.attention.self.query';

describe('the key of a trial', () => {
  it('is the same for the same settings and ground', () => {
    const key = trialKey(tinySpec(CONFIG), GROUND);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(trialKey(tinySpec(CONFIG), { ...GROUND, model: { ...GROUND.model } })).toBe(key);
  });

  it('differs with every setting, rank, scale, and with data, split and model', () => {
    const spec = tinySpec(CONFIG);
    const adapter = (rank: number) => adapterSpec(new Map([[QUERY, rank]]), { kind: 'fixed', alpha: 4 });
    const specs = [
      spec,
      { ...spec, seed: 1 },
      { ...spec, learningRate: 1 },
      { ...spec, head: { ...spec.head, width: 9 } },
      { ...spec, patience: 1 },
      { ...spec, adapter: adapter(2) },
      { ...spec, adapter: adapter(4) },
      { ...spec, adapter: { ...adapter(4), scales: new Map([[QUERY, 2]]) } },
    ];
    const grounds = [
      { ...GROUND, dataHash: 'c' },
      { ...GROUND, splitHash: 'c' },
      { ...GROUND, model: { name: 'n', revision: 'r' } },
      { ...GROUND, model: { name: 'm', revision: undefined } },
    ];
    const keys = [...specs.map((other) => trialKey(other, GROUND)), ...grounds.map((ground) => trialKey(spec, ground))];
    expect(new Set(keys).size).toBe(specs.length + grounds.length);
  });
});
