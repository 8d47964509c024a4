import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { positionIds } from '../../shared/data/positionIds.ts';
import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import { EMBEDDINGS, encoderForward, KEY_BIAS } from '../../shared/encoder/encoder.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { type AdaLoraSchedule, adaLoraStep, type Allocation, createAdaLoraState } from '../../shared/lora/adaLora.ts';
import { adaLoraToLora } from '../../shared/lora/adaLoraToLora.ts';
import type { AdapterModule } from '../../shared/lora/adapter.ts';
import { type AdapterSpec, scaleInputs } from '../../shared/lora/adapterSpec.ts';
import { loraAName, loraBName, tripletAName, tripletBName, tripletEName } from '../../shared/lora/loraLinear.ts';
import { adaLoraScale } from '../../shared/lora/loraScale.ts';
import { addOrthogonality } from '../../shared/lora/orthogonality.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { ADAMW_DEFAULTS, adamWStep, createAdamWState } from '../../shared/train/adamW.ts';
import { parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { predictExamples } from '../../shared/train/predictExamples.ts';
import { recordPrediction, recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { batchGradients, type TrainingTask } from '../../shared/train/trainStep.ts';
import { tripletModules } from '../../shared/train/tripletModules.ts';
import { goldenJson } from '../support/golden.ts';
import { goldenBackbone } from '../support/goldenBackbone.ts';
import { GOLDEN_LOSS_WEIGHTS, goldenExamples, goldenTaskModel } from '../support/goldenTask.ts';
import { type GoldenTensor, goldenTensors } from '../support/goldenTensors.ts';
import { largestDifference } from '../support/largestDifference.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';

/** The golden README's; PyTorch in float32 ends 2e-6 from float64. */
const RUN_TOLERANCE = 5e-5;
/**
 * Where a unit of the class head is saturated, 1 - tanh² has few digits left of a tanh that ONNX Runtime and TensorFlow give within 5 units
 * of the last place, and AdamW divides by so small a gradient: one element of 512 ends 1.1e-4 away on TensorFlow, 5e-6 on wasm.
 */
const SATURATED_TOLERANCE = 3e-4;
const MAY_SATURATE = 'classification.0.';
/** The golden README's for outputs of adapters. */
const OUTPUT_TOLERANCE = 3e-5;
/** Of verify.py: a score is a product of averages, and so small that an absolute tolerance would say nothing. */
const SCORE_TOLERANCE = 2e-2;

interface Fixture {
  readonly config: {
    readonly init_r: number;
    readonly target_r: number;
    readonly tinit: number;
    readonly tfinal: number;
    readonly deltaT: number;
    readonly total_step: number;
    readonly orth_reg_weight: number;
    readonly lora_alpha: number;
  };
  readonly optimiser: { readonly lr: number; readonly weight_decay: number };
  readonly batches: readonly (readonly number[])[];
  readonly log: Readonly<Record<'loss_task' | 'orth' | 'loss' | 'mse' | 'ce' | 'budget', readonly number[]>>;
  readonly allocations: readonly {
    readonly step: number;
    readonly budget: number;
    readonly threshold: number;
    readonly kept: Readonly<Record<string, readonly number[]>>;
    readonly rank: Readonly<Record<string, number>>;
    readonly total: number;
  }[];
}

/** What a run leaves behind, step by step. */
interface Run {
  readonly task: TrainingTask;
  readonly parameters: Float32Array;
  readonly log: Record<'loss_task' | 'orth' | 'loss' | 'mse' | 'ce', number[]>;
  readonly firstGradients: Float32Array;
  readonly allocations: { step: number; allocation: Allocation; mask: Float32Array }[];
  /** Parameters after each step. */
  readonly after: Float32Array[];
}

describe.each(TEST_ENGINES)('AdaLoRA training on engine $name', ({ open }) => {
  describe.each(['adalora', 'adalora-default-init'])('%s', (folder) => {
    const fixture = goldenJson<Fixture>(folder, 'fixture.json');
    let backbone: Backbone;
    let engine: Engine;
    let examples: EncodedExample[];
    let initial: Map<string, GoldenTensor>;
    let final: Map<string, GoldenTensor>;
    let run: Run;
    beforeAll(async () => {
      backbone = await goldenBackbone('tiny-roberta');
      engine = await open(backbone.readConstant);
      examples = goldenExamples(await goldenTensors(folder, 'data.safetensors'));
      initial = await goldenTensors(folder, 'init.safetensors');
      final = await goldenTensors(folder, 'final.safetensors');
      run = await train(fixture, backbone, engine, examples, initial);
    });
    afterAll(() => engine.dispose());

    it.each(['loss_task', 'orth', 'loss', 'mse', 'ce'] as const)('has the %s of PEFT at every step', (name) => {
      expect(largestDifference(run.log[name], fixture.log[name])).toBeLessThan(RUN_TOLERANCE);
    });

    it('gives every gradient of PEFT at step 0, orthogonality included', async () => {
      const expected = await goldenTensors(folder, 'step0.safetensors');
      const views = parameterViews(run.task.layout, run.firstGradients);
      expect([...expected.keys()].filter((name) => name.startsWith('grad.'))).toHaveLength(views.size);
      for (const [name, found] of views) {
        expect(largestDifference(found, expected.get(`grad.${name}`)?.data ?? []), name).toBeLessThan(RUN_TOLERANCE);
      }
    });

    it('allocates when PEFT does and keeps the same triplets', () => {
      const found = run.allocations.map(({ step, allocation: { budget, total, ranks }, mask }) => {
        const masks = byModule(run.task, mask);
        return {
          step,
          budget,
          total,
          kept: Object.fromEntries([...masks].map(([path, kept]) => [tripletEName(path), Array.from(kept)])),
          rank: Object.fromEntries([...ranks].map(([path, rank]) => [tripletEName(path), rank])),
        };
      });
      expect(found).toEqual(
        fixture.allocations.map(({ step, budget, total, kept, rank }) => ({ step, budget, total, kept, rank })),
      );
      expect(run.allocations.map(({ allocation }) => allocation.final)).toEqual(
        found.map((_, i) => i === found.length - 1),
      );
    });

    it('scores the triplets as PEFT does and cuts at the same threshold', async () => {
      const expected = await goldenTensors(folder, 'scores.safetensors');
      let compared = 0;
      for (const [i, { step, allocation }] of run.allocations.entries()) {
        const wantedThreshold = fixture.allocations[i]?.threshold ?? Number.NaN;
        expect(Math.abs(allocation.threshold / wantedThreshold - 1)).toBeLessThan(SCORE_TOLERANCE);
        for (const [path, found] of byModule(run.task, allocation.scores)) {
          const wanted = expected.get(`step${step}.${tripletEName(path)}`)?.data ?? new Float32Array();
          const scale = Math.max(...wanted) * 1e-3;
          const relative = Array.from(found, (score, k) => (score - wanted[k]!) / (wanted[k]! + scale));
          expect(
            largestDifference(
              relative,
              wanted.map(() => 0),
            ),
          ).toBeLessThan(SCORE_TOLERANCE); // prettier-ignore
          compared += 1;
        }
      }
      expect(compared).toBe(expected.size);
    });

    it('leaves the same E after allocations and around the last one', async () => {
      const expected = await goldenTensors(folder, 'lora_E-after.safetensors');
      expect(expected.size).toBeGreaterThan(0);
      for (const [key, wanted] of expected) {
        const [, step = '', name = ''] = /^step(\d+)\.(.*)$/.exec(key) ?? [];
        const after = run.after[Number(step)] ?? new Float32Array();
        const found = parameterViews(run.task.layout, after).get(name);
        expect(largestDifference(found, wanted.data), key).toBeLessThan(RUN_TOLERANCE);
        expect(zeros(found ?? []), key).toEqual(zeros(wanted.data));
      }
    });

    it('ends with the parameters of PEFT', () => {
      for (const [name, found] of parameterViews(run.task.layout, run.parameters)) {
        const tolerance = name.startsWith(MAY_SATURATE) ? SATURATED_TOLERANCE : RUN_TOLERANCE;
        expect(largestDifference(found, tensor(final, name)), name).toBeLessThan(tolerance);
      }
    });

    it('gives the outputs of PEFT after its final state became plain LoRA', async () => {
      const modules = convert(run.task, fixture, final);
      const adapter: AdapterSpec = {
        ranks: new Map(modules.map(({ path, rank }) => [path, rank])),
        scales: new Map(modules.map(({ path, scale }) => [path, scale])),
      };
      expect([...adapter.ranks.values()].reduce((sum, rank) => sum + rank, 0)).toBe(fixture.allocations.at(-1)?.total);
      const adaptation = { adapted: new Set(adapter.ranks.keys()), loraDropout: 0 };
      const plan = recordPrediction(goldenTaskModel(backbone, initial, adaptation));
      const layout = parameterLayout(plan, runSizes(1, 1, adapter.ranks));
      const factors = new Map(
        modules.flatMap(
          ({ path, A, B }) =>
            [
              [loraAName(path), A],
              [loraBName(path), B],
            ] as const,
        ),
      );
      const parameters = new Float32Array(layout.length);
      for (const { name, offset } of layout.slots)
        parameters.set(factors.get(name) ?? final.get(name)?.data ?? [], offset);
      const prepared = await engine.prepare(plan);
      const task = { plan, prepared, backbone, adapter, layout, maxTokens: 512, padding: 'bucket' as const };
      const found = await predictExamples({ ...task, batchSize: 8 }, examples, parameters);
      await prepared.dispose();
      expect(largestDifference(found.scores, tensor(final, 'all.prediction'))).toBeLessThan(OUTPUT_TOLERANCE);
      expect(largestDifference(found.logits, tensor(final, 'all.logits'))).toBeLessThan(OUTPUT_TOLERANCE);
      const hidden = await lastHiddenState(backbone, engine, adapter, factors);
      expect(maskedDifference(hidden.found, tensor(final, 'main.last_hidden_state'), hidden.mask)).toBeLessThan(
        OUTPUT_TOLERANCE,
      );
    });
  });
});

describe('an adapter folder that PEFT wrote after AdaLoRA', () => {
  it('holds the triplets that the conversion keeps, bit for bit', async () => {
    const fixture = goldenJson<Fixture>('adalora', 'fixture.json');
    const stored = await goldenTensors('peft-adapter', 'adalora', 'adapter_model.safetensors');
    const final = await goldenTensors('adalora', 'final.safetensors');
    const pathOf = (name: string) => name.slice(0, -tripletEName('').length);
    const paths = [...final.keys()].filter((name) => name.endsWith(tripletEName(''))).map(pathOf);
    let kept = 0;
    for (const path of paths) {
      const fromRun = convertModule(path, final, '', fixture);
      const fromFolder = convertModule(path, stored, 'base_model.model.', fixture);
      expect(fromRun).toEqual(fromFolder);
      kept += fromRun?.rank ?? 0;
    }
    expect(kept).toBe(fixture.allocations.at(-1)?.total);
  });
});

async function train(
  { config, optimiser, batches }: Fixture,
  backbone: Backbone,
  engine: Engine,
  examples: readonly EncodedExample[],
  initial: ReadonlyMap<string, GoldenTensor>,
): Promise<Run> {
  const suffix = tripletEName('');
  const paths = [...initial.keys()]
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length));
  const scale = adaLoraScale({ kind: 'fixed', alpha: config.lora_alpha }, config.init_r);
  const adapter = {
    ranks: new Map(paths.map((path) => [path, config.init_r])),
    scales: new Map(paths.map((path) => [path, scale])),
  };
  const adaptation = { adapted: new Set(paths), loraDropout: 0, triplets: true };
  const plan = recordTrainingStep(goldenTaskModel(backbone, initial, adaptation));
  const layout = parameterLayout(plan, runSizes(1, 1, adapter.ranks));
  const parameters = new Float32Array(layout.length);
  for (const { name, offset } of layout.slots) parameters.set(tensor(initial, name), offset);
  const task: TrainingTask = {
    plan,
    prepared: await engine.prepare(plan),
    backbone,
    adapter,
    layout,
    maxTokens: 512,
    padding: 'bucket',
    microBatchSize: 1e3,
    classWeights: [1, 1, 1, 1, 1],
  };
  const schedule: AdaLoraSchedule = {
    totalSteps: config.total_step,
    warmupSteps: config.tinit,
    finalSteps: config.tfinal,
    interval: config.deltaT,
    initialBudget: config.init_r * paths.length,
    targetBudget: config.target_r * paths.length,
  };
  const modules = tripletModules(layout);
  const gradients = new Float32Array(layout.length);
  const optimizer = createAdamWState(layout.length);
  const state = createAdaLoraState(layout.length);
  const firstGradients = new Float32Array(layout.length);
  const run: Run = {
    task,
    parameters,
    firstGradients,
    allocations: [],
    after: [],
    log: {
      loss_task: [],
      orth: [],
      loss: [],
      mse: [],
      ce: [],
    },
  };
  for (const [step, batch] of batches.entries()) {
    const rows = batch.map((row) => examples[row]!);
    const { regressionLoss, classLoss } = await batchGradients(task, rows, parameters, gradients, { seed: 0, step });
    const orth = addOrthogonality(modules, parameters, gradients, config.orth_reg_weight);
    if (step === 0) firstGradients.set(gradients);
    adamWStep(parameters, gradients, optimizer, optimiser.lr, {
      ...ADAMW_DEFAULTS,
      weightDecay: optimiser.weight_decay,
    });
    const allocation = adaLoraStep(modules, schedule, step, state, parameters, gradients);
    if (allocation && state.mask) run.allocations.push({ step, allocation, mask: state.mask.slice() });
    const taskLoss = GOLDEN_LOSS_WEIGHTS.regression * regressionLoss + GOLDEN_LOSS_WEIGHTS.classes * classLoss;
    run.log.mse.push(regressionLoss);
    run.log.ce.push(classLoss);
    run.log.loss_task.push(taskLoss);
    run.log.orth.push(orth);
    run.log.loss.push(taskLoss + config.orth_reg_weight * orth);
    run.after.push(parameters.slice());
  }
  await task.prepared.dispose();
  return run;
}

/** Numbers of all triplets as those of each module. */
function byModule<T extends Float32Array | Float64Array>(
  { layout }: TrainingTask,
  all: T,
): Map<string, T | Float32Array | Float64Array> {
  let next = 0;
  return new Map(tripletModules(layout).map(({ path, rank }) => [path, all.subarray(next, (next += rank))]));
}

function convert(
  { layout }: TrainingTask,
  fixture: Fixture,
  final: ReadonlyMap<string, GoldenTensor>,
): AdapterModule[] {
  return tripletModules(layout).flatMap(({ path }) => convertModule(path, final, '', fixture) ?? []);
}

function convertModule(
  path: string,
  tensors: ReadonlyMap<string, GoldenTensor>,
  prefix: string,
  { config }: Fixture,
): AdapterModule | undefined {
  const [A, B, E] = [tripletAName, tripletBName, tripletEName].map((name) => tensors.get(prefix + name(path)));
  if (!A || !B || !E) throw new Error(`no triplets of ${path}`);
  const module = { path, inputSize: A.shape[1] ?? 0, outputSize: B.shape[0] ?? 0 };
  const scale = adaLoraScale({ kind: 'fixed', alpha: config.lora_alpha }, config.init_r);
  return adaLoraToLora(module, { A: A.data, B: B.data, E: E.data }, scale);
}

/** The encoder's output with an adapter on the golden texts of `main`. */
async function lastHiddenState(
  backbone: Backbone,
  engine: Engine,
  adapter: AdapterSpec,
  factors: ReadonlyMap<string, Float32Array>,
): Promise<{ found: Float32Array; mask: Float32Array }> {
  const { config } = backbone;
  const recorder = new Recorder();
  const adaptation = { adapted: new Set(adapter.ranks.keys()), loraDropout: 0 };
  const settings = { config, adaptation, dropout: { hidden: 0, attention: 0 } };
  const last = encoderForward(recorder, settings, false).hiddenStates.at(-1);
  if (last) recorder.output('last', last);
  const inputs = await goldenTensors('tiny-roberta', 'inputs.safetensors');
  const [batch = 0, length = 0] = inputs.get('main.input_ids')?.shape ?? [];
  const ids = Int32Array.from(tensor(inputs, 'main.input_ids'));
  const mask = tensor(inputs, 'main.attention_mask');
  const prepared = await engine.prepare(recorder.finish());
  const outputs = await prepared.run(
    runSizes(batch, length, adapter.ranks),
    new Map([
      [EMBEDDINGS, backbone.embeddings.embed(ids, positionIds(config.modelType, ids, length, config.padId))],
      [KEY_BIAS, mask.map((attended) => (attended === 1 ? 0 : -1e30))],
      ...scaleInputs(adapter),
      ...factors,
    ]),
  );
  await prepared.dispose();
  return { found: outputs.get('last') ?? new Float32Array(), mask };
}

/** The largest difference over rows whose mask is 1. */
function maskedDifference(found: Float32Array, wanted: Float32Array, mask: Float32Array): number {
  const width = wanted.length / mask.length;
  const shown = (numbers: Float32Array) => numbers.filter((_, i) => mask[Math.floor(i / width)] === 1);
  return largestDifference(shown(found), shown(wanted));
}

/** Which places hold 0. */
function zeros(numbers: ArrayLike<number>): number[] {
  return Array.from(numbers).flatMap((number, i) => (number === 0 ? [i] : []));
}

function tensor(tensors: ReadonlyMap<string, GoldenTensor>, name: string): Float32Array {
  const found = tensors.get(name);
  if (!found) throw new Error(`no tensor ${name}`);
  return found.data;
}
