import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { positionIds } from '../../shared/data/positionIds.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import { EMBEDDINGS, encoderForward, KEY_BIAS } from '../../shared/encoder/encoder.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { goldenJson } from '../support/golden.ts';
import { goldenBackbone } from '../support/goldenBackbone.ts';
import { type GoldenTensor, goldenTensors } from '../support/goldenTensors.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';

/** The golden README's; PyTorch in float32 is up to 3.5e-6 from float64 itself. */
const OUTPUT_TOLERANCE = 2e-5;

const MODELS = [
  { folder: 'tiny-roberta', variants: ['', 'as-masked-lm'] },
  { folder: 'tiny-bert', variants: ['', 'no-pooler', 'old-names'] },
];

interface Fixture {
  readonly cases: Readonly<Record<string, unknown>>;
}

describe.each(TEST_ENGINES)('the encoder on engine $name', ({ open }) => {
  describe.each(MODELS.flatMap(({ folder, variants }) => variants.map((variant) => ({ folder, variant }))))(
    '$folder $variant',
    ({ folder, variant }) => {
      let backbone: Backbone;
      let engine: Engine;
      let inputs: Map<string, GoldenTensor>;
      let expected: Map<string, GoldenTensor>;
      beforeAll(async () => {
        backbone = await goldenBackbone(folder, ...(variant === '' ? [] : [variant]));
        engine = await open(backbone.readConstant);
        inputs = await goldenTensors(folder, 'inputs.safetensors');
        expected = await goldenTensors(folder, 'expected.safetensors');
      });
      afterAll(() => engine.dispose());

      it.each(Object.keys(goldenJson<Fixture>(folder, 'fixture.json').cases))(
        'gives the hidden states of PyTorch for %s',
        async (name) => {
          const { found, mask } = await hiddenStates(backbone, engine, inputs, name, false);
          const layers = backbone.config.layerCount;
          const wanted = new Map(
            Array.from({ length: layers + 1 }, (_, i) => [i, expected.get(`${name}.hidden_states.${i}`)]),
          );
          wanted.set(layers, expected.get(`${name}.last_hidden_state`));
          let compared = 0;
          for (const [layer, tensor] of wanted) {
            if (!tensor) continue;
            expect(maskedDifference(found.get(`hidden.${layer}`), tensor.data, mask)).toBeLessThan(OUTPUT_TOLERANCE);
            compared += 1;
          }
          expect(compared).toBeGreaterThan(0);
        },
      );

      it('gives the first token alone just as within the whole', async () => {
        const { found } = await hiddenStates(backbone, engine, inputs, 'main', true);
        const wanted = expected.get('main.cls')?.data ?? new Float32Array();
        const last = found.get(`hidden.${backbone.config.layerCount}`);
        expect(maskedDifference(last, wanted, new Float32Array(5).fill(1))).toBeLessThan(OUTPUT_TOLERANCE);
      });
    },
  );
});

async function hiddenStates(
  backbone: Backbone,
  engine: Engine,
  inputs: ReadonlyMap<string, GoldenTensor>,
  name: string,
  firstTokenOnly: boolean,
): Promise<{ found: ReadonlyMap<string, Float32Array>; mask: Float32Array }> {
  const { config } = backbone;
  const recorder = new Recorder();
  const settings = {
    config,
    adaptation: { adapted: new Set<string>(), loraDropout: 0 },
    dropout: { hidden: 0, attention: 0 },
  };
  encoderForward(recorder, settings, firstTokenOnly).hiddenStates.forEach((value, i) =>
    recorder.output(`hidden.${i}`, value),
  );
  const ids = inputs.get(`${name}.input_ids`);
  const mask = inputs.get(`${name}.attention_mask`)?.data;
  const types = inputs.get(`${name}.token_type_ids`)?.data;
  const [batch, length] = ids?.shape ?? [];
  if (!ids || !mask || batch === undefined || length === undefined) throw new Error(`no golden case ${name}`);
  const tokens = Int32Array.from(ids.data);
  const positions = positionIds(config.modelType, tokens, length, config.padId);
  const given = new Map([
    [EMBEDDINGS, backbone.embeddings.embed(tokens, positions, types)],
    [KEY_BIAS, mask.map((attended) => (attended === 1 ? 0 : -1e30))],
  ]);
  const prepared = await engine.prepare(recorder.finish());
  const found = await prepared.run(runSizes(batch, length, new Map()), given);
  await prepared.dispose();
  return { found, mask };
}

/** The largest difference over rows whose mask is 1. */
function maskedDifference(found: Float32Array | undefined, wanted: Float32Array, mask: Float32Array): number {
  if (found?.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const width = wanted.length / mask.length;
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (mask[Math.floor(i / width)] !== 1) continue;
    largest = Math.max(largest, Math.abs(found[i]! - wanted[i]!));
    if (Number.isNaN(found[i])) return Number.POSITIVE_INFINITY;
  }
  return largest;
}
