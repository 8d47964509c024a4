import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, type OpenModel } from '../../node/openModel.ts';
import { encodeParts, readLabelled } from '../../node/prepareData.ts';
import { epochBatches } from '../../shared/data/batches.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import { writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { initialParameters, parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { scheduleFactor } from '../../shared/train/schedule.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import type { TrialEvent } from '../../shared/trial/trialEvent.ts';
import { trainingModel, type TrialData, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { PYTHON, whyNoPeer } from '../support/peerPython.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';

/** Relative; every engine is within 1e-6 of PyTorch, leaving out weight decay shows as 1.6e-4, a beta2 of 0.99 as 1.7e-4. */
const LOSS_TOLERANCE = 1e-5;
/** Relative; every engine is within 2.2e-6, a doubled alpha shows as 1.3e-3. */
const NORM_TOLERANCE = 2e-5;

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
  losses: v.array(v.object({ regression: v.number(), classes: v.number(), gradientNorm: v.number() })),
});

describe.skipIf(missing !== undefined)('training the bundled backbone on headlines', () => {
  let model: OpenModel;
  let spec: TrialSpec;
  let data: TrialData;
  let wanted: v.InferOutput<typeof AnswerSchema>['losses'];

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
      const engine = await engineName.open(model.backbone.readConstant);
      const steps: Extract<TrialEvent, { kind: 'step' }>[] = [];
      const host = { engine, backbone: model.backbone, afterStep: () => 'continue' as const };
      for await (const event of runTrial(spec, data, host)) if (event.kind === 'step') steps.push(event);
      await engine.dispose();

      expect(steps).toHaveLength(STEPS);
      steps.forEach((step, i) => {
        const { regression = Number.NaN, classes = Number.NaN, gradientNorm = Number.NaN } = wanted[i] ?? {};
        expect(relative(step.losses.regression, regression), `step ${i + 1}, squared error`).toBeLessThan(
          LOSS_TOLERANCE,
        );
        expect(relative(step.losses.classes, classes), `step ${i + 1}, cross-entropy`).toBeLessThan(LOSS_TOLERANCE);
        expect(relative(step.gradientNorm, gradientNorm), `step ${i + 1}, norm`).toBeLessThan(NORM_TOLERANCE);
      });
    },
  );
});

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
    const settings = { rank: RANK, headWidth: head.width, weightDecay: adamW.weightDecay, maxTokens };
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
