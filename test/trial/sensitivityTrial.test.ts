import { expect, it } from 'vitest';
import { epochBatches } from '../../shared/data/batches.ts';
import { loraAName, loraBName } from '../../shared/lora/loraLinear.ts';
import { initialParameters, parameterLayout, parameterViews } from '../../shared/train/parameterSet.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { batchGradients } from '../../shared/train/trainStep.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import { trainingModel } from '../../shared/trial/trialSpec.ts';
import { driveTrial } from '../support/driveTrial.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

const CONFIG = tinyConfig();
/** Sums of some hundred float32 products in another order. */
const RELATIVE_TOLERANCE = 1e-12;

it("of a trial is that of the task's gradients at the parameters before each update, without regulariser and clipping", async () => {
  const encoder = await randomBackbone(CONFIG);
  const engine = openReferenceEngine(encoder);
  const { backbone } = encoder;
  const spec = tinySpec(CONFIG, { epochs: 1, omega: 0.1, clipNorm: 1e-3 });
  const data = tinyData(CONFIG, 20);
  const trial = { spec, data, engine, backbone };

  const plan = recordTrainingStep(trainingModel(spec, CONFIG));
  const layout = parameterLayout(plan, runSizes(1, 1, spec.adapter.ranks));
  const before = [initialParameters(layout, spec.seed)];
  for await (const event of runTrial(spec, data, { ...trial, afterStep: () => 'checkpoint' })) {
    if (event.kind === 'checkpoint') before.push(event.checkpoint.parameters);
  }
  const task = { ...spec, plan, layout, backbone, prepared: await engine.prepare(plan) };
  const lengths = data.train.map(({ ids }) => ids.length);
  const batches = epochBatches(lengths, spec.batchSize, spec.padding, spec.seed, 1);
  const expected = new Map([...spec.adapter.ranks.keys()].map((path) => [path, 0]));
  for (const [step, batch] of batches.entries()) {
    const rows = Array.from(batch, (i) => data.train[i]!);
    const [parameters, gradients] = [before[step] ?? new Float32Array(), new Float32Array(layout.length)];
    await batchGradients(task, rows, parameters, gradients, { seed: spec.seed, step });
    const [values, slopes] = [parameterViews(layout, parameters), parameterViews(layout, gradients)];
    for (const [path, sum] of expected) {
      const products = [loraAName(path), loraBName(path)].flatMap((name) =>
        Array.from(values.get(name) ?? [], (p, i) => Math.abs(p * (slopes.get(name)?.[i] ?? Number.NaN))),
      );
      expected.set(path, sum + products.reduce((total, product) => total + product, 0) / products.length);
    }
  }
  expect(batches).toHaveLength(3);
  const { sensitivity } = (await driveTrial(trial)).result;
  expect([...sensitivity.keys()]).toEqual([...expected.keys()]);
  for (const [path, sum] of expected) {
    expect(sum).toBeGreaterThan(0);
    expect(Math.abs((sensitivity.get(path) ?? 0) / (sum / 3) - 1), path).toBeLessThan(RELATIVE_TOLERANCE);
  }
});

it('is the same to the last bit for a trial that was stopped and gone on with', async () => {
  const encoder = await randomBackbone(CONFIG);
  const trial = {
    spec: tinySpec(CONFIG, { epochs: 2 }),
    data: tinyData(CONFIG, 20),
    engine: openReferenceEngine(encoder),
    backbone: encoder.backbone,
  };
  const whole = (await driveTrial(trial)).result.sensitivity;
  expect((await driveTrial(trial, [1, 3, 5])).result.sensitivity).toEqual(whole);
});
