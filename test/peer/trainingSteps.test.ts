import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, type OpenModel } from '../../node/openModel.ts';
import { readLabelled } from '../../node/prepareData.ts';
import { epochBatches } from '../../shared/data/batches.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import { writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { initialParameters, parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { scheduleFactor } from '../../shared/train/schedule.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { encodeParts } from '../../shared/trial/splitData.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import type { TrialEvent } from '../../shared/trial/trialEvent.ts';
import { trainingModel, type TrialData, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { PYTHON, whyNoPeer } from '../support/peerPython.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';

/** Relative; every engine is within 1e-6 of PyTorch, leaving out weight decay shows as 1.6e-4, a beta2 of 0.99 as 1.7e-4. */
const LOSS_TOLERANCE = 1e-5;
/** Relative; every engine is within 2.2e-6, a doubled alpha shows as 1.3e-3. */
const NORM_TOLERANCE = 2e-5;
/** A gradient of the term that is 1 % off shows as 1.1e-4 in the first step's norm. */
const OMEGA = 0.1;

const STEPS = 5;
const BATCH = 8;
const RANK = 4;

const ROOT = join(import.meta.dirname, '..', '..');
const HEADLINES = join(ROOT, 'shared', 'assets', 'sentfin', 'sentfin.csv');

const missing = whyNoPeer();
if (missing !== undefined) console.log(`peer test of training skipped: ${missing}`);

/** WebGPU without a graphics card takes minutes for the real backbone. */
const ENGINES = TEST_ENGINES.filter(({ name }) => name !== 'webgpu');

const AnswerSchema = v.object({
  losses: v.array(
    v.object({ regression: v.number(), classes: v.number(), omega: v.number(), gradientNorm: v.number() }),
  ),
});
type PeerStep = v.InferOutput<typeof AnswerSchema>['losses'][number];
type StepEvent = Extract<TrialEvent, { kind: 'step' }>;

describe.skipIf(missing !== undefined)('training the bundled backbone on headlines', () => {
  let model: OpenModel;
  let spec: TrialSpec;
  let data: TrialData;
  let wanted: readonly PeerStep[];

  beforeAll(async () => {
    model = await openModel('minilm-l6', { quiet: true });
    const flags = { data: HEADLINES, ranks: String(RANK), batch: BATCH, epochs: 1, headDropout: 0, pooling: 'mean' };
    const settings = readTrainingSettings(null, {}, flags);
    const { examples } = await readLabelled(settings);
    const parts = { train: examples.slice(0, STEPS * BATCH), validation: examples.slice(-BATCH), test: [] };
    spec = trialSpecOf(settings, model.backbone.config, parts.train);
    data = encodeParts(parts, model.tokenizer, spec.maxTokens);
    wanted = pytorchLosses(model, spec, data);
  });
  afterAll(() => model.close());

  test.each(ENGINES)(
    'has the losses and gradient norms of PyTorch + PEFT at every step, engine $name',
    async (engineName) => {
      compare(await stepsOf(spec, engineName), wanted);
    },
  );

  test.each(ENGINES.slice(0, 1))(
    'with --omega has those of the L2 term added to the loss, engine $name',
    async (engine) => {
      const regularised = { ...spec, omega: OMEGA };
      const peer = pytorchLosses(model, regularised, data);
      const steps = await stepsOf(regularised, engine);
      compare(steps, peer);
      steps.forEach((step, i) => {
        expect(relative(step.omega ?? Number.NaN, peer[i]?.omega ?? Number.NaN), `step ${i + 1}`).toBeLessThan(
          LOSS_TOLERANCE,
        );
      });
      expect(relative(steps[0]?.gradientNorm ?? 0, wanted[0]?.gradientNorm ?? 0)).toBeGreaterThan(NORM_TOLERANCE);
    },
  );

  async function stepsOf(trial: TrialSpec, { open }: (typeof ENGINES)[number]): Promise<StepEvent[]> {
    const engine = await open(model.backbone.readConstant);
    const steps: StepEvent[] = [];
    const host = { engine, backbone: model.backbone, afterStep: () => 'continue' as const };
    for await (const event of runTrial(trial, data, host)) if (event.kind === 'step') steps.push(event);
    await engine.dispose();
    return steps;
  }
});

function compare(steps: readonly StepEvent[], wanted: readonly PeerStep[]): void {
  expect(steps).toHaveLength(STEPS);
  steps.forEach((step, i) => {
    const { regression = Number.NaN, classes = Number.NaN, gradientNorm = Number.NaN } = wanted[i] ?? {};
    expect(relative(step.losses.regression, regression), `step ${i + 1}, squared error`).toBeLessThan(LOSS_TOLERANCE);
    expect(relative(step.losses.classes, classes), `step ${i + 1}, cross-entropy`).toBeLessThan(LOSS_TOLERANCE);
    expect(relative(step.gradientNorm, gradientNorm), `step ${i + 1}, norm`).toBeLessThan(NORM_TOLERANCE);
  });
}

/** What PyTorch + PEFT gives for the batches, learning rates and start values of the trial. */
function pytorchLosses({ folder, backbone }: OpenModel, spec: TrialSpec, { train }: TrialData) {
  const lengths = train.map(({ ids }) => ids.length);
  const steps = epochBatches(lengths, spec.batchSize, spec.padding, spec.seed, 1).map((batch, step) => {
    const rows = train.filter((_, i) => batch.includes(i));
    return {
      learningRate: spec.learningRate * scheduleFactor(spec.schedule, step, STEPS),
      texts: rows.map(({ text }) => text),
      scores: rows.map(({ score }) => score),
      labels: rows.map(({ label }) => label),
    };
  });
  const work = mkdtempSync(join(tmpdir(), 'darse-steps-'));
  try {
    const initial = join(work, 'initial.safetensors');
    writeFileSync(initial, initialTensors(spec, backbone));
    const { maxTokens, head, adamW } = spec;
    const settings = {
      rank: RANK,
      headWidth: head.width,
      weightDecay: adamW.weightDecay,
      omega: spec.omega ?? 0,
      maxTokens,
    };
    writeFileSync(join(work, 'job.json'), JSON.stringify({ model: folder.path, initial, ...settings, steps }));
    const answer = execFileSync(PYTHON, [join(import.meta.dirname, 'training_steps.py'), join(work, 'job.json')], {
      stdio: 'pipe',
      encoding: 'utf8',
      env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    return v.parse(AnswerSchema, JSON.parse(answer)).losses;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The tensors that a trial starts from. */
function initialTensors(spec: TrialSpec, { config }: Backbone): Uint8Array {
  const plan = recordTrainingStep(trainingModel(spec, config));
  const layout = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
  const views = parameterViews(layout, initialParameters(layout, spec.seed));
  const tensors = layout.slots.map(
    ({ name, shape }) => [name, { shape, data: Float32Array.from(views.get(name) ?? []) }] as const,
  );
  return writeSafetensors(new Map(tensors), new Map());
}

function relative(found: number, wanted: number): number {
  return Math.abs(found - wanted) / Math.abs(wanted);
}
