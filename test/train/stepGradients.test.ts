import { describe, expect, it } from 'vitest';
import { ADALORA_DEFAULTS } from '../../shared/lora/adaLoraSchedule.ts';
import { adaLoraAdapterSpec, adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { gradientName } from '../../shared/lora/loraLinear.ts';
import type { AlphaRule } from '../../shared/lora/loraScale.ts';
import { modulePath, TARGETS, type Target } from '../../shared/lora/modulePaths.ts';
import { CLASS_LOSS, REGRESSION_LOSS } from '../../shared/losses/taskLoss.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';
import type { TrialSpec } from '../../shared/trial/trialSpec.ts';
import { planOf } from '../support/operationsBehind.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { type ReferenceStep, referenceStep, runStep, stepRunner } from '../support/referenceStep.ts';
import { tinyExamples, tinySpec } from '../support/tinyTrial.ts';

/** Central differences in float64 err by its square times a third derivative (1e-9 of a gradient of 1) and by rounding (1e-11). */
const STEP = 1e-5;
/** Of a tensor's largest gradient. A wrong term anywhere shows as 1e-3 and more. */
const TOLERANCE = 1e-6;
const SAMPLES = 6;
const NO_DROPOUT = { loraDropout: 0, backboneDropout: { hidden: 0, attention: 0 } };
const HEAD = { regression: 'paper', width: 5, dropout: 0 } as const;

/** A spec's settings; `rankOf` gives the rank of a module by layer and target. */
interface Variant {
  readonly title: string;
  readonly rankOf: (layer: number, target: Target) => number;
  readonly rule?: AlphaRule;
  readonly settings?: Partial<TrialSpec>;
}

const mixedRanks = (layer: number, target: Target) =>
  [3, 0, 1, 2, 4, 1, 0, 2][layer * 3 + TARGETS.indexOf(target)] ?? 2;
const only =
  (wanted: Target, layers: readonly number[]) =>
  (layer: number, target: Target): number =>
    target === wanted && layers.includes(layer) ? 2 : 0;

const VARIANTS: readonly Variant[] = [
  { title: 'all six targets with mixed ranks, some of them 0', rankOf: mixedRanks },
  { title: 'the same read at the first token', rankOf: mixedRanks, settings: { pooling: 'first' } },
  { title: 'only the output of the middle layer', rankOf: only('output', [1]) },
  {
    title: 'only the intermediate of the middle layer',
    rankOf: only('intermediate', [1]),
    settings: { pooling: 'first' },
  },
  {
    title: 'only attention outputs, at the first token',
    rankOf: only('attention.output', [1, 2]),
    settings: { pooling: 'first' },
  },
  { title: 'only keys', rankOf: only('key', [0, 1, 2]) },
  { title: 'only keys, at the first token', rankOf: only('key', [0, 1, 2]), settings: { pooling: 'first' } },
  { title: 'only the last query, at the first token', rankOf: only('query', [2]), settings: { pooling: 'first' } },
  { title: 'only the last value, at the first token', rankOf: only('value', [2]), settings: { pooling: 'first' } },
  {
    title: 'dropout at every site',
    rankOf: mixedRanks,
    settings: { loraDropout: 0.3, backboneDropout: { hidden: 0.2, attention: 0.4 }, head: { ...HEAD, dropout: 0.3 } },
  },
  {
    title: 'dropout at every site, at the first token',
    rankOf: mixedRanks,
    settings: {
      loraDropout: 0.3,
      backboneDropout: {
        hidden: 0.2,
        attention: 0.4,
      },
      head: {
        ...HEAD,
        dropout: 0.3,
      },
      pooling: 'first',
    },
  },
  { title: 'the bounded head', rankOf: mixedRanks, settings: { head: { ...HEAD, regression: 'bounded' } } },
  {
    title: 'weighted classes and losses',
    rankOf: mixedRanks,
    settings: { classWeights: [0.3, 2, 0.5, 1, 4], lossWeights: { regression: 0.7, classes: 0.3 } },
  },
  { title: 'one alpha for all ranks', rankOf: mixedRanks, rule: { kind: 'fixed', alpha: 5 } },
  { title: 'rsLoRA', rankOf: mixedRanks, rule: { kind: 'rsLora', alpha: 3 } },
  {
    title: 'the triplets of AdaLoRA, with dropout at every site',
    rankOf: mixedRanks,
    rule: { kind: 'fixed', alpha: 5 },
    settings: {
      loraDropout: 0.3,
      backboneDropout: { hidden: 0.2, attention: 0.4 },
      head: { ...HEAD, dropout: 0.3 },
      adaLora: { ...ADALORA_DEFAULTS, targetBudget: 1, interval: null },
    },
  },
  { title: 'heads only', rankOf: () => 0 },
];

/** The families differ in their embeddings alone, which are frozen: for the second one the two fullest variants are enough. */
const FAMILIES = [
  { modelType: 'roberta', variants: VARIANTS },
  { modelType: 'bert', variants: VARIANTS.filter(({ title }) => title.startsWith('dropout')) },
] as const;

describe.each(FAMILIES)('gradients of the recorded step of a $modelType', ({ modelType, variants }) => {
  const config = tinyConfig({
    modelType,
    layerCount: 3,
    padId: modelType === 'bert' ? 0 : 1,
    ...(modelType === 'bert'
      ? {
          hiddenSize: 12,
          intermediateSize: 10,
          tokenTypeCount: 2,
        }
      : {}),
  });

  it.each(variants)('equal finite differences of the whole loss with $title', async ({ rankOf, rule, settings }) => {
    const alpha = rule ?? { kind: 'rank' };
    const layers = Array.from({ length: config.layerCount }, (_, layer) => layer);
    const ranks = new Map(
      layers.flatMap((layer) => TARGETS.map((target) => [modulePath(layer, target), rankOf(layer, target)] as const)),
    );
    const adapted = [...ranks].flatMap(([path, rank]) => (rank > 0 ? [path] : []));
    const adapter = settings?.adaLora ? adaLoraAdapterSpec(adapted, 3, alpha) : adapterSpec(ranks, alpha);
    const spec = tinySpec(config, { ...NO_DROPOUT, head: HEAD, alpha, adapter, ...settings });
    const step = referenceStep(spec, await randomBackbone(config));
    const batch = { rows: tinyExamples(config, 2, 4) };
    const gradients = runStep(step, batch);

    expect(step.parameters.size).toBe((settings?.adaLora ? 3 : 2) * adapter.ranks.size + 8);
    const losses = stepRunner(step, batch, planOf(step.plan, [REGRESSION_LOSS, CLASS_LOSS]));
    const loss = () => {
      const outputs = losses();
      const at = (name: string) => outputs.get(name)?.[0] ?? Number.NaN;
      return spec.lossWeights.regression * at(REGRESSION_LOSS) + spec.lossWeights.classes * at(CLASS_LOSS);
    };
    for (const name of step.parameters.keys()) {
      const gradient = gradients.get(gradientName(name)) ?? new Float64Array();
      const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest, `some gradient of ${name}`).toBeGreaterThan(1e-5);
      for (const { index, slope } of sampledSlopes(step, name, loss)) {
        expect(Math.abs((gradient[index] ?? Number.NaN) - slope) / largest, `${name}[${index}]`).toBeLessThan(
          TOLERANCE,
        );
      }
    }
  });
});

/** dL/dp by central differences for some elements of a parameter tensor, which are moved and put back. */
function sampledSlopes({ parameters }: ReferenceStep, name: string, loss: () => number) {
  const tensor = parameters.get(name) ?? new Float64Array();
  const key = randomKey(9, name);
  const count = Math.min(SAMPLES, tensor.length);
  return Array.from({ length: count }, (_, sample) => {
    const index = Math.floor(((sample + uniformAt(key, sample)) / count) * tensor.length);
    const value = tensor[index] ?? Number.NaN;
    tensor[index] = value + STEP;
    const above = loss();
    tensor[index] = value - STEP;
    const below = loss();
    tensor[index] = value;
    return { index, slope: (above - below) / (2 * STEP) };
  });
}
