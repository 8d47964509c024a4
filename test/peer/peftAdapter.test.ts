import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { type AdapterFolder, HEADS_FILE, SETTINGS_FILE } from '../../shared/export/adapterFolder.ts';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { readAdapterFolder } from '../../shared/export/readAdapterFolder.ts';
import { readAllTensors } from '../../shared/export/readAllTensors.ts';
import type { AlphaRule } from '../../shared/lora/loraScale.ts';
import { mergeLora } from '../../shared/lora/mergeLora.ts';
import { nastyFacts, randomAdapter } from '../support/adapterFolders.ts';
import { goldenJson, goldenPath } from '../support/golden.ts';
import { memorySource } from '../support/memorySource.ts';

/** Float32 results of two orders of summation, as far apart as PEFT's own merged and unmerged outputs (golden README). */
const TOLERANCE = 3e-5;
const PYTHON_TIMEOUT_MS = 300_000;

const python = process.env['DARSE_PYTHON'] ?? 'python3';
const missing = whyNoPeft();
if (missing !== undefined) console.log(`PEFT peer test skipped: ${missing}`);

const CASES: readonly {
  name: string;
  backbone: 'tiny-roberta' | 'tiny-bert';
  rankOf: (moduleNumber: number) => number;
  rule: AlphaRule;
  settings: { pooling: 'first' | 'mean'; kind: 'paper' | 'bounded' };
}[] = [
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

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'darse-peer-'));
    const jobs = [];
    for (const { name, backbone } of CASES) {
      const adapter = adapterOf(name);
      const out = join(work, name);
      const folder = join(out, 'adapter');
      mkdirSync(folder, { recursive: true });
      for (const [file, bytes] of peftFolder(adapter, nastyFacts())) writeFileSync(join(folder, file), bytes);
      const merged = join(out, 'merged.safetensors');
      writeFileSync(merged, await mergedBackbone(backbone, adapter));
      jobs.push({ folder, base: goldenPath(backbone), inputs: inputsOf(backbone), merged, out });
    }
    writeFileSync(join(work, 'jobs.json'), JSON.stringify(jobs));
    const script = join(import.meta.dirname, 'peft_adapter.py');
    execFileSync(python, [script, join(work, 'jobs.json'), join(work, 'report.json')], {
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

function adapterOf(caseName: string): AdapterFolder {
  const wanted = CASES.find(({ name }) => name === caseName);
  if (wanted === undefined) throw new Error(`no case ${caseName}`);
  const { backbone, rankOf, rule, settings } = wanted;
  const config = parseEncoderConfig(goldenJson(backbone, 'config.json'));
  return randomAdapter({
    shape: config,
    base: { nameOrPath: backbone, modelType: config.modelType },
    rankOf,
    rule,
    settings: {
      pooling: settings.pooling,
      regression: { kind: settings.kind, inputSize: config.hiddenSize, width: 7 },
    },
  });
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
  for (const name of ['last_hidden_state', 'scores', 'probabilities']) {
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

/** Why this test cannot run here, or `undefined`. */
function whyNoPeft(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import torch, transformers, peft'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return `${python} (DARSE_PYTHON) lacks torch, transformers or peft: ${reason}`;
  }
}
