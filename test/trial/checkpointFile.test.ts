import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import type { Checkpoint } from '../../shared/trial/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../shared/trial/checkpointFile.ts';
import { memorySource } from '../support/memorySource.ts';

const TRIAL = 'f'.repeat(64);
const METRICS = {
  mse: 0.1 + 0.2,
  mae: 1 / 3,
  rmse: 0.5,
  r2: null,
  pearson: null,
  spearman: null,
  accuracy: 0.5,
  precision: 0.25,
  recall: 0.5,
  f1: 1e-300,
  macroPrecision: 0.25,
  macroRecall: 0.5,
  macroF1: 1 / 7,
  presentMacroF1: 0.2,
};
const CHECKPOINT: Checkpoint = {
  step: 17,
  parameters: Float32Array.of(0.1, -0, 3e-45, 1e30),
  optimizer: { m: Float32Array.of(1, 2, 3, 4), v: Float32Array.of(5, 6, 7, 8), stepCount: 17 },
  best: { epoch: 1, validationMse: 0.1 + 0.2, parameters: Float32Array.of(9, 10, 11, 12) },
  epochs: [{ epoch: 1, losses: { total: 3, regression: 1 / 3, classes: 2 / 3 }, validation: METRICS }],
  epochLosses: { regression: 0.7, classes: 1e-20 },
  sensitivitySums: [0.1 + 0.2, 5e-324],
};

const decode = (bytes: Uint8Array, trial = TRIAL) => decodeCheckpoint(memorySource('checkpoint', bytes), trial);

describe('a checkpoint file', () => {
  it('gives back every bit of what was stored', async () => {
    const decoded = await decode(encodeCheckpoint(CHECKPOINT, TRIAL));
    expect(decoded).toEqual(CHECKPOINT);
    expect(Object.is(decoded.parameters[1], -0)).toBe(true);
    const early = { ...CHECKPOINT, best: null, epochs: [] };
    expect(await decode(encodeCheckpoint(early, TRIAL))).toEqual(early);
  });

  it("gives back AdaLoRA's importance, before and after its first mask", async () => {
    const importance = { sensitivity: Float32Array.of(0, 1e-9, 2, 3), uncertainty: Float32Array.of(4, 5, 6e-30, 7) };
    for (const mask of [null, Float32Array.of(1, 0)]) {
      const checkpoint = { ...CHECKPOINT, adaLora: { ...importance, mask } };
      expect(await decode(encodeCheckpoint(checkpoint, TRIAL))).toEqual(checkpoint);
    }
  });

  it('is the same bytes for the same checkpoint', () => {
    expect(encodeCheckpoint(CHECKPOINT, TRIAL)).toEqual(encodeCheckpoint(CHECKPOINT, TRIAL));
  });

  it('is refused when torn at any place', async () => {
    const bytes = encodeCheckpoint(CHECKPOINT, TRIAL);
    for (let length = 0; length < bytes.length; length += 7) {
      await expect(decode(bytes.slice(0, length)), `${length} bytes`).rejects.toMatchObject({ code: 'input' });
    }
    await expect(decode(Uint8Array.of(...bytes, 0))).rejects.toMatchObject({ code: 'input' });
  });

  it('is refused with any one bit flipped', async () => {
    const bytes = encodeCheckpoint(CHECKPOINT, TRIAL);
    for (let place = 0; place < bytes.length; place++) {
      const flipped = bytes.slice();
      flipped[place]! ^= 1 << (place % 8);
      await expect(decode(flipped), `byte ${place} of ${bytes.length}`).rejects.toMatchObject({ code: 'input' });
    }
  });

  it('of another trial is refused', async () => {
    const bytes = encodeCheckpoint(CHECKPOINT, TRIAL);
    await expect(decode(bytes, 'e'.repeat(64))).rejects.toMatchObject({
      code: 'input',
      message: 'checkpoint is no checkpoint to go on from: it belongs to other settings, data or another backbone',
    });
  });

  it('of another version is refused, and so is another safetensors file', async () => {
    const file = await readSafetensors(memorySource('checkpoint', encodeCheckpoint(CHECKPOINT, TRIAL)));
    const tensors = new Map([['parameters', { shape: [1], data: Float32Array.of(1) }]]);
    const later = new Map(
      Array.from(file.metadata, ([key, text]) => [key, text.replace('"version":1', '"version":2')]),
    );
    expect([...later.values()].join()).toContain('"version":2');
    await expect(decode(writeSafetensors(tensors, later))).rejects.toThrow(/of another version of DARSE/);
    await expect(decode(writeSafetensors(tensors, new Map()))).rejects.toThrow(/no training state/);
  });
});
