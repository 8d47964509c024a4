import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoderForward } from '../../shared/encoder/encoder.ts';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { type WritableTensor, writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { type AdapterFolder, HEADS_FILE, SETTINGS_FILE } from '../../shared/export/adapterFolder.ts';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { readAdapterFolder } from '../../shared/export/readAdapterFolder.ts';
import { readAllTensors } from '../../shared/export/readAllTensors.ts';
import type { Pooling } from '../../shared/heads/pooling.ts';
import type { RegressionHeadKind } from '../../shared/heads/regressionHead.ts';
import { scaleInputs } from '../../shared/lora/adapterSpec.ts';
import type { AlphaRule } from '../../shared/lora/loraScale.ts';
import { mergeLora } from '../../shared/lora/mergeLora.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { parameterViews } from '../../shared/train/parameterSet.ts';
import { predictExamples } from '../../shared/train/predictExamples.ts';
import { recordPrediction } from '../../shared/train/stepPlan.ts';
import { runSizes, tokenInputs } from '../../shared/train/tokenInputs.ts';
import { adapterFolderOf, predictorOf } from '../../shared/trial/adapterFolderOf.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import { predictionModel } from '../../shared/trial/trialSpec.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';
import { nastyFacts, randomAdapter } from '../support/adapterFolders.ts';
import { goldenJson, goldenPath } from '../support/golden.ts';
import { goldenBackbone } from '../support/goldenBackbone.ts';
import { type GoldenTensor, goldenTensors } from '../support/goldenTensors.ts';
import { memorySource } from '../support/memorySource.ts';
import { PYTHON, whyNoPeer } from '../support/peerPython.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

/** Float32 results of two orders of summation, as far apart as PEFT's own merged and unmerged outputs (golden README). */
const TOLERANCE = 3e-5;
const PYTHON_TIMEOUT_MS = 300_000;

const HIDDEN_STATE = 'last_hidden_state';

const missing = whyNoPeer();
if (missing !== undefined) console.log(`PEFT peer test skipped: ${missing}`);

interface RandomCase {
  readonly name: string;
  readonly backbone: 'tiny-roberta' | 'tiny-bert';
  readonly rankOf: (moduleNumber: number) => number;
  readonly rule: AlphaRule;
  readonly settings: { readonly pooling: Pooling; readonly kind: RegressionHeadKind };
}

const RANDOM_CASES: readonly RandomCase[] = [
  {
    name: 'query and value with ranks 0 to 8, alpha = rank',
    backbone: 'tiny-roberta',
    rankOf: (i) => (i % 6 === 0 || i % 6 === 2 ? ([0, 1, 2, 4, 8, 0, 1, 8][Math.floor(i / 3)] ?? 0) : 0),
    rule: { kind: 'rank' },
    settings: { pooling: 'first', kind: 'paper' },
  },
  {
    name: 'all six kinds of module but for one, a fixed alpha, mean pooling and the bounded head',
    backbone: 'tiny-bert',
    rankOf: (i) => (i === 7 ? 0 : 1 + (i % 3)),
    rule: { kind: 'fixed', alpha: 3 },
    settings: { pooling: 'mean', kind: 'bounded' },
  },
  {
    name: 'rsLoRA with rank 0 between',
    backbone: 'tiny-roberta',
    rankOf: (i) => (i * 5) % 4,
    rule: { kind: 'rsLora', alpha: 1.5 },
    settings: { pooling: 'mean', kind: 'paper' },
  },
  {
    name: 'heads only',
    backbone: 'tiny-bert',
    rankOf: () => 0,
    rule: { kind: 'rank' },
    settings: { pooling: 'first', kind: 'paper' },
  },
];

/** Adapters of random numbers, and one that DARSE trained. */
const CASES: readonly Pick<RandomCase, 'name' | 'backbone'>[] = [
  ...RANDOM_CASES,
  { name: 'trained by DARSE for a few steps', backbone: 'tiny-roberta' },
];

/** What `peft_adapter.py` tells of a case. */
const ReportSchema = v.object({
  modules: v.record(v.string(), v.object({ rank: v.number(), scale: v.number() })),
  warnings: v.array(v.string()),
  card: v.object({
    base_model: v.string(),
    pipeline_tag: v.string(),
    'model-index': v.tuple([
      v.object({ name: v.string(), results: v.tuple([v.object({ dataset: v.object({ type: v.string() }) })]) }),
    ]),
  }),
  predictError: v.number(),
});

describe.skipIf(missing !== undefined)('adapter folders in real PEFT', () => {
  let work = '';
  const reports = new Map<string, v.InferOutput<typeof ReportSchema>>();
  const adapters = new Map<string, AdapterFolder>();
  const adapterOf = (name: string): AdapterFolder => {
    const adapter = adapters.get(name);
    if (adapter === undefined) throw new Error(`no case ${name}`);
    return adapter;
  };

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'darse-peer-'));
    const jobs = [];
    for (const { name, backbone } of CASES) {
      const randomCase = RANDOM_CASES.find((candidate) => candidate.name === name);
      const adapter = randomCase ? randomAdapterOf(randomCase) : await trainedAdapter(backbone);
      adapters.set(name, adapter);
      const out = join(work, name);
      const folder = join(out, 'adapter');
      mkdirSync(folder, { recursive: true });
      for (const [file, bytes] of peftFolder(adapter, nastyFacts())) writeFileSync(join(folder, file), bytes);
      const merged = join(out, 'merged.safetensors');
      writeFileSync(merged, await mergedBackbone(backbone, adapter));
      writeFileSync(join(out, 'ours.safetensors'), writeSafetensors(await ourOutputs(backbone, adapter), new Map()));
      jobs.push({ folder, base: goldenPath(backbone), inputs: inputsOf(backbone), merged, out });
    }
    writeFileSync(join(work, 'jobs.json'), JSON.stringify(jobs));
    const script = join(import.meta.dirname, 'peft_adapter.py');
    execFileSync(PYTHON, [script, join(work, 'jobs.json'), join(work, 'report.json')], {
      stdio: 'pipe',
      env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    const found = v.parse(v.array(ReportSchema), JSON.parse(readFileSync(join(work, 'report.json'), 'utf8')));
    CASES.forEach(({ name }, i) => {
      const report = found[i];
      if (report !== undefined) reports.set(name, report);
    });
  }, PYTHON_TIMEOUT_MS);

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  describe.each(CASES)('$name', ({ name, backbone }) => {
    test('PEFT and load_darse.py give the outputs of the merged weights', async () => {
      await expectSameOutputs(join(work, name, 'loaded.safetensors'), join(work, name, 'reference.safetensors'));
    });

    test('PEFT and load_darse.py give the outputs of our engine', async () => {
      await expectSameOutputs(join(work, name, 'loaded.safetensors'), join(work, name, 'ours.safetensors'));
    });

    test('PEFT takes every module at its rank and scale, and no other, without a warning', () => {
      const report = reports.get(name);
      const wanted = adapterOf(name).modules.map(({ path, rank, scale }) => [path, { rank, scale }] as const);
      expect(report?.modules).toEqual(Object.fromEntries(wanted));
      expect(report?.warnings).toEqual([]);
    });

    test('load_darse.py cuts, pads and tokenizes texts without changing their predictions', () => {
      expect(reports.get(name)?.predictError).toBeLessThanOrEqual(TOLERANCE);
    });

    test("the hub's own reader gets the texts of the model card back", () => {
      const { title, dataName } = nastyFacts();
      const card = reports.get(name)?.card;
      expect(card).toMatchObject({ base_model: backbone, pipeline_tag: 'text-classification' });
      const [model] = card?.['model-index'] ?? [];
      expect(model?.name).toBe(title);
      expect(model?.results[0].dataset.type).toBe(dataName.replace(/\p{Surrogate}/gu, '\ufffd'));
    });

    test.skipIf(name === 'heads only')('DARSE reads the adapter again after PEFT saved it', async () => {
      const sources = new Map<string, ReturnType<typeof memorySource>>();
      const resaved = join(work, name, 'resaved');
      for (const file of readdirSync(resaved)) sources.set(file, sourceOf(join(resaved, file)));
      for (const file of [HEADS_FILE, SETTINGS_FILE]) sources.set(file, sourceOf(join(work, name, 'adapter', file)));
      expect(await readAdapterFolder(sources, resaved)).toEqual(adapterOf(name));
    });
  });
});

function randomAdapterOf({ backbone, rankOf, rule, settings }: RandomCase): AdapterFolder {
  const config = parseEncoderConfig(goldenJson(backbone, 'config.json'));
  return randomAdapter({
    shape: config,
    base: { nameOrPath: backbone, modelType: config.modelType },
    rankOf,
    rule,
    settings: {
      pooling: settings.pooling,
      // As wide as the class head: DARSE trains and predicts with heads of one width.
      regression: { kind: settings.kind, inputSize: config.hiddenSize, width: 9 },
    },
  });
}

/** The adapter of a short training on the engine onnx. */
async function trainedAdapter(name: string): Promise<AdapterFolder> {
  const backbone = await goldenBackbone(name);
  const { config } = backbone;
  const spec = tinySpec(config);
  const engine = await openOnnxEngine({ readConstant: backbone.readConstant, threads: 1 });
  const trial = runTrial(spec, tinyData(config), { engine, backbone, afterStep: () => 'continue' });
  let next = await trial.next();
  while (next.done !== true) next = await trial.next();
  await engine.dispose();
  if (next.value.kind !== 'finished') throw new Error('the training did not finish');
  const base = { nameOrPath: name, modelType: config.modelType };
  return adapterFolderOf(spec, config, base, next.value.result.parameters);
}

/** Last hidden state, scores and probabilities that the engine onnx gives with an adapter folder, on the inputs Python is given. */
async function ourOutputs(name: string, adapter: AdapterFolder): Promise<Map<string, WritableTensor>> {
  const backbone = await goldenBackbone(name);
  const { config } = backbone;
  const { spec, layout, parameters } = predictorOf(adapter, config);
  const rows = await textsOf(name);
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const engine = await openOnnxEngine({ readConstant: backbone.readConstant, threads: 1 });

  const plan = recordPrediction(predictionModel(spec, config));
  const prepared = await engine.prepare(plan);
  const task = { plan, prepared, backbone, layout, adapter: spec.adapter, maxTokens: length, batchSize: 2 };
  const { scores, logits, classCount } = await predictExamples({ ...task, padding: 'bucket' }, rows, parameters);

  const recorder = new Recorder();
  const adaptation = { adapted: new Set(spec.adapter.ranks.keys()), loraDropout: 0 };
  const settings = { config, adaptation, dropout: { hidden: 0, attention: 0 } };
  const last = encoderForward(recorder, settings, false).hiddenStates.at(-1);
  if (!last) throw new Error('the encoder gave no hidden state');
  recorder.output(HIDDEN_STATE, last);
  const encoderPlan = recorder.finish();
  const encoder = await engine.prepare(encoderPlan);
  const sizes = runSizes(rows.length, length, spec.adapter.ranks);
  const texts = tokenInputs(encoderPlan, sizes, rows, length, backbone, { seed: 0, step: 0 });
  const trained = [...parameterViews(layout, parameters), ...scaleInputs(spec.adapter)];
  const hidden = (await encoder.run(sizes, new Map([...texts, ...trained]))).get(HIDDEN_STATE) ?? [];
  await engine.dispose();

  const probabilities = Array.from(scores, (_, row) =>
    softmax(logits.subarray(row * classCount, (row + 1) * classCount)),
  );
  return new Map<string, WritableTensor>([
    [HIDDEN_STATE, { shape: [rows.length, length, config.hiddenSize], data: Float32Array.from(hidden) }],
    ['scores', { shape: [rows.length], data: Float32Array.from(scores) }],
    ['probabilities', { shape: [rows.length, classCount], data: Float32Array.from(probabilities.flat()) }],
  ]);
}

/** The golden texts without their padding. */
async function textsOf(backbone: string) {
  const inputs = await goldenTensors(backbone, 'inputs.safetensors');
  const ids = inputs.get('main.input_ids');
  const mask = inputs.get('main.attention_mask');
  const [count = 0, width = 0] = ids?.shape ?? [];
  return Array.from({ length: count }, (_, number) => {
    const row = (tensor: GoldenTensor | undefined) => (tensor?.data ?? []).slice(number * width, (number + 1) * width);
    const length = Array.from(row(mask)).filter((attended) => attended === 1).length;
    return { number, ids: Int32Array.from(row(ids).slice(0, length)) };
  });
}

function softmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The backbone's checkpoint with the adapter folded into its weights. */
async function mergedBackbone(backbone: string, { modules }: AdapterFolder): Promise<Uint8Array> {
  const tensors = await readTensors(goldenPath(backbone, 'model.safetensors'));
  for (const module of modules) {
    const name = `${module.path}.weight`;
    const weight = tensors.get(name);
    if (weight === undefined) throw new Error(`${backbone} has no ${name}`);
    tensors.set(name, { shape: weight.shape, data: mergeLora(weight.data, module) });
  }
  return writeSafetensors(tensors, new Map([['format', 'pt']]));
}

/** Compares hidden states where the mask is 1, scores and probabilities of two output files; the first holds the mask. */
async function expectSameOutputs(foundFile: string, wantedFile: string): Promise<void> {
  const found = await readTensors(foundFile);
  const wanted = await readTensors(wantedFile);
  const mask = found.get('mask');
  for (const name of [HIDDEN_STATE, 'scores', 'probabilities']) {
    const { shape = [], data = new Float32Array() } = found.get(name) ?? {};
    const other = wanted.get(name);
    expect(other?.shape, name).toEqual(shape);
    const width = shape[2];
    const error = data.map((value, i) =>
      width !== undefined && mask?.data[Math.floor(i / width)] === 0 ? 0 : value - (other?.data[i] ?? Number.NaN),
    );
    expect(Math.max(...error.map(Math.abs)), name).toBeLessThanOrEqual(TOLERANCE);
    expect(data.length, name).toBeGreaterThan(0);
  }
}

async function readTensors(file: string) {
  return readAllTensors(await readSafetensors(sourceOf(file)));
}

function inputsOf(backbone: string): string {
  return goldenPath(backbone, 'inputs.safetensors');
}

function sourceOf(file: string) {
  return memorySource(file, readFileSync(file));
}
