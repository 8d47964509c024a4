import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLED_MODEL } from '../../node/hub/resolveModel.ts';
import { type OpenModel, openModel } from '../../node/openModel.ts';
import { encoderForward } from '../../shared/encoder/encoder.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { poolForward } from '../../shared/heads/pooling.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runSizes, tokenInputs } from '../../shared/train/tokenInputs.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';

/** What the bundle's README measured over 500 texts: mean and least cosine to the unquantised encoder; the margin is for other texts. */
const README_COSINES = { first: { mean: 0.9997, least: 0.9994 }, mean: { mean: 0.9994, least: 0.9984 } };
const MARGIN = 2e-4;

interface Fixture {
  readonly texts: readonly string[];
  readonly mean: readonly (readonly number[])[];
  readonly first: readonly (readonly number[])[];
}

describe('the bundled backbone', () => {
  const fixture: Fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'minilm.json'), 'utf8'));
  let model: OpenModel;
  let engine: Engine;
  beforeAll(async () => {
    model = await openModel(BUNDLED_MODEL, { quiet: true });
    engine = await openOnnxEngine({ readConstant: model.backbone.readConstant });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  it.each(['first', 'mean'] as const)(
    'is as close to its float16 original as its README says, pooling %s',
    async (pooling) => {
      const { config } = model.backbone;
      const recorder = new Recorder();
      const adaptation = { adapted: new Set<string>(), loraDropout: 0 };
      const settings = { config, adaptation, dropout: { hidden: 0, attention: 0 } };
      const last = encoderForward(recorder, settings, pooling === 'first').hiddenStates.at(-1);
      if (!last) throw new Error('no hidden state');
      recorder.output('pooled', poolForward(recorder, last, pooling));
      const plan = recorder.finish();
      const prepared = await engine.prepare(plan);
      const rows = fixture.texts.map((text, number) => ({ ids: model.tokenizer.encode(text, 64).ids, number }));
      const length = Math.max(...rows.map(({ ids }) => ids.length));
      const sizes = runSizes(rows.length, length, new Map());
      const given = tokenInputs(plan, sizes, rows, length, model.backbone, { seed: 0, step: 0 });
      const pooled = (await prepared.run(sizes, given)).get('pooled') ?? new Float32Array();
      const cosines = fixture[pooling].map((wanted, row) =>
        cosine(pooled.subarray(row * config.hiddenSize, (row + 1) * config.hiddenSize), wanted),
      );
      const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
      expect(mean).toBeGreaterThan(README_COSINES[pooling].mean - MARGIN);
      expect(Math.min(...cosines)).toBeGreaterThan(README_COSINES[pooling].least - MARGIN);
    },
  );
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, value, i) => sum + value * (y[i] ?? Number.NaN), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
