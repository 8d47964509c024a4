import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { readAdapterFolder } from '../../shared/export/readAdapterFolder.ts';
import { ADALORA_DEFAULTS, adaLoraSchedule } from '../../shared/lora/adaLoraSchedule.ts';
import { adaLoraAdapterSpec } from '../../shared/lora/adapterSpec.ts';
import { expandRanks } from '../../shared/lora/rankMap.ts';
import { predictExamples } from '../../shared/train/predictExamples.ts';
import { recordPrediction } from '../../shared/train/stepPlan.ts';
import { adapterFolderOf, predictorOf } from '../../shared/trial/adapterFolderOf.ts';
import { predictionModel, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { nastyFacts } from '../support/adapterFolders.ts';
import { driveTrial, eventsOf, type TrialCase } from '../support/driveTrial.ts';
import { largestDifference } from '../support/largestDifference.ts';
import { memorySource } from '../support/memorySource.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

/** Float32 rounding of (B · E) · s against B · (E · s). */
const OUTPUT_TOLERANCE = 1e-5;

const CONFIG = tinyConfig();
const BASE = { nameOrPath: 'some/model', modelType: 'roberta' } as const;
const INITIAL_RANK = 4;
const PATHS = [...expandRanks([2, 2], ['query', 'value']).keys()];
/** 36 rows in batches of 8, 3 epochs: 15 steps, of which 2, 4, 6 and 8 (the last) allocate. */
const ADALORA = { ...ADALORA_DEFAULTS, targetBudget: 7, warmupFraction: 0.1, finalFraction: 0.5, interval: 2 };
const DETERMINISTIC = TEST_ENGINES.filter(({ name }) => name === 'onnx' || name === 'wasm');

function trialOf(changes: Partial<TrialSpec>): Pick<TrialCase, 'spec' | 'data'> {
  const adapter = adaLoraAdapterSpec(PATHS, INITIAL_RANK, { kind: 'rank' });
  const spec = tinySpec(CONFIG, { adapter, adaLora: ADALORA, learningRate: 0.02, ...changes });
  return { spec, data: tinyData(CONFIG, 36) };
}

describe.each(DETERMINISTIC)('an AdaLoRA trial on engine $name', ({ open }) => {
  let backbone: Backbone;
  let engine: Engine;
  beforeAll(async () => {
    ({ backbone } = await randomBackbone(CONFIG));
    engine = await open(backbone.readConstant);
  });
  afterAll(() => engine.dispose());

  const caseOf = (changes: Partial<TrialSpec> = {}): TrialCase => ({ ...trialOf(changes), engine, backbone });

  it('tells ranks at every allocation, the last ones within the budget', async () => {
    const { spec } = caseOf();
    const { warmupSteps, finalSteps } = adaLoraSchedule(ADALORA, spec.adapter.ranks, 15);
    expect([warmupSteps, finalSteps]).toEqual([1, 7]);
    const { events, result } = await driveTrial(caseOf());
    const ranks = eventsOf(events, 'ranks');
    expect(ranks.map(({ step, final }) => ({ step, final }))).toEqual([
      ...[3, 5, 7].map((step) => ({ step, final: false })),
      { step: 9, final: true },
    ]);
    for (const { ranks: now, total, budget } of ranks) {
      expect(Object.keys(now).sort()).toEqual([...PATHS].sort());
      expect(Object.values(now).reduce((sum, rank) => sum + rank, 0)).toBe(total);
      expect(total).toBeLessThanOrEqual(budget);
    }
    expect(ranks.at(-1)).toMatchObject({ budget: 7, total: 7 });
    expect(eventsOf(events, 'ranksUncut')).toEqual([]);
    const folder = adapterFolderOf(spec, CONFIG, BASE, result.parameters);
    const last = new Map(Object.entries(ranks.at(-1)?.ranks ?? {}).filter(([, rank]) => rank > 0));
    expect(new Map(folder.modules.map(({ path, rank }) => [path, rank]))).toEqual(last);
  });

  it('shows the regulariser beside the losses of the task, which do not contain it', async () => {
    const steps = eventsOf((await driveTrial(caseOf())).events, 'step');
    for (const { orthogonality, losses } of steps) {
      expect(losses.total).toBeCloseTo(losses.regression + losses.classes, 12);
      expect(orthogonality).toBeGreaterThan(0);
    }
    // A and B start near 0, where every ‖A Aᵀ - I‖ is nearly √4, and are drawn towards orthonormal rows.
    expect(steps[0]?.orthogonality).toBeCloseTo(2, 1);
    expect(steps.at(-1)?.orthogonality).toBeLessThan((steps[0]?.orthogonality ?? 0) - 0.05);
  });

  it('starts as the backbone itself: E = 0 leaves the losses of a trial without adapters', async () => {
    const first = eventsOf((await driveTrial(caseOf({ epochs: 1 }))).events, 'step')[0];
    const headsOnly = caseOf({ adapter: { ranks: new Map(), scales: new Map() }, epochs: 1 });
    const { adaLora: _, ...spec } = headsOnly.spec;
    const plain = eventsOf((await driveTrial({ ...headsOnly, spec })).events, 'step')[0];
    expect(first?.losses).toEqual(plain?.losses);
  });

  // Warm-up ends at step 1, allocations follow steps 3, 5, 7 and 9, the final phase goes to step 15.
  it.each([[[1]], [[2, 3]], [[4, 6]], [[8]], [[9]], [[5, 10, 13]]])(
    'stopped after steps %j and gone on with from its file ends with the bytes of one that never stopped',
    async (stops) => {
      const whole = await driveTrial(caseOf({ objective: 'best' }));
      const stopped = await driveTrial(caseOf({ objective: 'best' }), stops);
      expect(stopped.result).toEqual(whole.result);
      for (const kind of ['step', 'ranks', 'epoch'] as const) {
        expect(eventsOf(stopped.events, kind)).toEqual(eventsOf(whole.events, kind));
      }
    },
  );

  it('is exported as plain LoRA of mixed ranks that predicts the same', async () => {
    const trial = caseOf();
    const { result } = await driveTrial(trial);
    const folder = adapterFolderOf(trial.spec, CONFIG, BASE, result.parameters);
    expect(new Set(folder.modules.map(({ rank }) => rank)).size).toBeGreaterThan(1);
    const files = [...peftFolder(folder, nastyFacts())].map(
      ([name, bytes]) => [name, memorySource(name, bytes)] as const,
    );
    const { spec, layout, parameters } = predictorOf(await readAdapterFolder(new Map(files), 'adapter'), CONFIG);
    const plan = recordPrediction(predictionModel(spec, CONFIG));
    const prepared = await engine.prepare(plan);
    const { adapter, maxTokens, padding } = spec;
    const task = { plan, prepared, layout, adapter, maxTokens, padding, backbone, batchSize: 64 };
    const { scores } = await predictExamples(task, trial.data.test, parameters);
    await prepared.dispose();
    const mse = trial.data.test.reduce((sum, { score }, i) => sum + (score - scores[i]!) ** 2, 0) / scores.length;
    expect(largestDifference([mse], [result.test?.metrics.mse ?? Number.NaN])).toBeLessThan(OUTPUT_TOLERANCE);
  });
});

describe('an AdaLoRA trial that does not get better', () => {
  it('hands over the first epoch after the last cut, not an earlier one, and counts its patience from there', async () => {
    const encoder = await randomBackbone(CONFIG);
    // At rate 0 all epochs are equal. 30 steps, the last cut after the 16th: in epoch 4 of 5 steps.
    const trial = trialOf({ objective: 'best', patience: 1, epochs: 6, learningRate: 0 });
    const { result } = await driveTrial({ ...trial, engine: openReferenceEngine(encoder), backbone: encoder.backbone });
    expect(new Set(result.epochs.map(({ validation }) => validation.mse)).size).toBe(1);
    expect(result.epoch).toBe(4);
    expect(result.epochs).toHaveLength(5);
  });
});
