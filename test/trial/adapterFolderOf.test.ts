import { describe, expect, it } from 'vitest';
import type { AdapterFolder } from '../../shared/export/adapterFolder.ts';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { readAdapterFolder } from '../../shared/export/readAdapterFolder.ts';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import type { AlphaRule } from '../../shared/lora/loraScale.ts';
import { modulePath } from '../../shared/lora/modulePaths.ts';
import { type Predictions, predictExamples } from '../../shared/train/predictExamples.ts';
import { initialParameters, parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { recordPrediction } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { adapterFolderOf, type Predictor, predictorOf } from '../../shared/trial/adapterFolderOf.ts';
import { predictionModel, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { nastyFacts } from '../support/adapterFolders.ts';
import { memorySource } from '../support/memorySource.ts';
import { randomBackbone, type RandomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { tinyExamples, tinySpec } from '../support/tinyTrial.ts';

const CONFIG = tinyConfig();
const BASE = { nameOrPath: 'some/model', modelType: 'roberta' } as const;
const RANKS = new Map([
  [modulePath(0, 'query'), 3],
  [modulePath(0, 'output'), 1],
  [modulePath(1, 'intermediate'), 2],
]);
const ROWS = tinyExamples(CONFIG, 7, 8);

/** A trial's trained tensors as they would be: moved off the start, where every B is zero. */
function trained(spec: TrialSpec): { predictor: Predictor; folder: AdapterFolder } {
  const layout = parameterLayout(recordPrediction(predictionModel(spec, CONFIG)), runSizes(1, 1, spec.adapter.ranks));
  const parameters = initialParameters(layout, 0).map((value, i) => value + 0.2 * Math.sin(i));
  const views = parameterViews(layout, parameters);
  const tensors = new Map(
    layout.slots.map(({ name, shape }) => [name, { shape, data: Float32Array.from(views.get(name) ?? []) }]),
  );
  return { predictor: { spec, layout, parameters }, folder: adapterFolderOf(spec, CONFIG, BASE, tensors) };
}

async function predict({ spec, layout, parameters }: Predictor, encoder: RandomBackbone): Promise<Predictions> {
  const plan = recordPrediction(predictionModel(spec, CONFIG));
  const prepared = await openReferenceEngine(encoder).prepare(plan);
  const { adapter, maxTokens, padding } = spec;
  const task = { plan, prepared, layout, adapter, maxTokens, padding, backbone: encoder.backbone, batchSize: 3 };
  return predictExamples(task, ROWS, parameters);
}

describe('a trial’s adapter, written as a folder and read back', () => {
  const cases: readonly { title: string; alpha: AlphaRule; changes: Partial<TrialSpec> }[] = [
    { title: 'alpha = rank, mean pooling', alpha: { kind: 'rank' }, changes: { pooling: 'mean' } },
    {
      title: 'a fixed alpha, first token, bounded head',
      alpha: { kind: 'fixed', alpha: 5 },
      changes: { pooling: 'first', head: { regression: 'bounded', width: 6, dropout: 0.2 } },
    },
    { title: 'rsLoRA', alpha: { kind: 'rsLora', alpha: 2 }, changes: {} },
    { title: 'heads only', alpha: { kind: 'rank' }, changes: { adapter: adapterSpec(new Map(), { kind: 'rank' }) } },
  ];
  it.each(cases)('gives the same predictions: $title', async ({ alpha, changes }) => {
    const spec = tinySpec(CONFIG, { alpha, adapter: adapterSpec(RANKS, alpha), ...changes });
    const { predictor, folder } = trained(spec);
    const files = [...peftFolder(folder, nastyFacts())].map(
      ([name, bytes]) => [name, memorySource(name, bytes)] as const,
    );
    const read = predictorOf(await readAdapterFolder(new Map(files), 'adapter'), CONFIG);
    const { adapter, pooling, maxTokens, head } = spec;
    expect(read.spec).toEqual({ adapter, pooling, maxTokens, head, padding: 'bucket' });
    const encoder = await randomBackbone(CONFIG);
    const wanted = await predict(predictor, encoder);
    expect(new Set(wanted.scores).size).toBe(ROWS.length);
    expect(await predict(read, encoder)).toEqual(wanted);
  });
});

describe('an adapter on another backbone', () => {
  const { folder } = trained(tinySpec(CONFIG, { adapter: adapterSpec(RANKS, { kind: 'rank' }) }));

  it.each([
    [
      'another family',
      tinyConfig({ modelType: 'bert' }),
      /is for a roberta of width 8 \(some\/model\).* a bert of width 8/,
    ],
    ['another width', tinyConfig({ hiddenSize: 12 }), /is for a roberta of width 8 .* of width 12/],
    ['another inner width', tinyConfig({ intermediateSize: 9 }), /encoder\.layer\.\d\..* holds \d+ numbers/],
    [
      'fewer layers',
      tinyConfig({ layerCount: 1 }),
      /no place for: encoder\.layer\.1\.intermediate\.dense\.lora_A\.weight/,
    ],
  ])('is refused: %s', (_, config, message) => {
    expect(() => predictorOf(folder, config)).toThrow(message);
    expect(() => predictorOf(folder, config)).toThrow(expect.objectContaining({ code: 'input' }));
  });
});
