import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { expandRanks } from '../../shared/lora/rankMap.ts';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import type { Checkpoint } from '../../shared/trial/checkpoint.ts';
import type { TrialSpec } from '../../shared/trial/trialSpec.ts';
import { driveTrial, eventsOf, type TrialCase } from '../support/driveTrial.ts';
import { goldenBackbone } from '../support/goldenBackbone.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

const CONFIG = tinyConfig();
const CONTINUE = () => 'continue' as const;
/** Whose results are the same bytes on the same machine. */
const DETERMINISTIC = TEST_ENGINES.filter(({ name }) => name === 'onnx' || name === 'wasm');

/** A trial on the float64 oracle: 20 rows in batches of 8 are 3 steps an epoch. */
async function oracleCase(changes: Partial<TrialSpec> = {}): Promise<TrialCase> {
  const encoder = await randomBackbone(CONFIG);
  const engine = openReferenceEngine(encoder);
  return { spec: tinySpec(CONFIG, changes), data: tinyData(CONFIG, 20), engine, backbone: encoder.backbone };
}

describe('a trial', () => {
  it('learns a tiny task far beyond the trivial predictor', async () => {
    const backbone = await goldenBackbone('tiny-roberta');
    const { config } = backbone;
    const [{ open } = { open: undefined }] = DETERMINISTIC;
    const engine = await open?.(backbone.readConstant);
    if (!engine) throw new Error('no engine runs here');
    const ranks = expandRanks(
      Array.from({ length: config.layerCount }, () => 4),
      ['query', 'value'],
    );
    const spec = tinySpec(config, {
      adapter: adapterSpec(ranks, { kind: 'rank' }),
      learningRate: 0.01,
      epochs: 10,
      head: {
        regression: 'paper',
        width: 16,
        dropout: 0.1,
      },
    });
    const { events, result } = await driveTrial({ spec, data: tinyData(config, 160), engine, backbone });
    await engine.dispose();
    const losses = eventsOf(events, 'epoch').map((epoch) => epoch.losses.total);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(result.score).toBeLessThan(result.trivial.validation.mse / 2);
    expect(result.test?.metrics.mse).toBeLessThan((result.trivial.test?.mse ?? 0) / 2);
    expect(result.validation.last.metrics.accuracy).toBeGreaterThan(result.trivial.validation.accuracy);
  });

  it('tells its course: started, steps, an evaluation after each epoch, one look at the test part at the end', async () => {
    const { events, result } = await driveTrial(await oracleCase({ epochs: 2 }));
    const epoch = ['step', 'step', 'step', 'evaluating', 'epoch'];
    const kinds = events.map(({ kind }) => kind);
    const end = result.bestEpoch === 2 ? [] : ['evaluating'];
    expect(kinds).toEqual(['started', ...epoch, ...epoch, ...end, 'testLook', 'evaluating']);
    // Query and value of two layers at rank 2 on [8, 8]: 4 · 2 · 16. Heads: (8·8 + 8) + (8 + 1) + (8·8 + 8) + (5·8 + 5).
    expect(events[0]).toEqual({
      kind: 'started',
      totalSteps: 6,
      stepsPerEpoch: 3,
      firstStep: 0,
      curve: [],
      loraParameters: 128,
      headParameters: 198,
    });
    expect(eventsOf(events, 'testLook')).toEqual([{ kind: 'testLook', rowCount: 12 }]);
    const steps = eventsOf(events, 'step');
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    // One of six steps warms up from 0; 5e-3 at the second.
    expect(steps.map(({ learningRate }) => learningRate).slice(0, 2)).toEqual([0, 5e-3]);
    expect(result.steps).toBe(6);
    expect(eventsOf(events, 'epoch')).toMatchObject(result.epochs);
  });

  it('averages the losses of an epoch over its steps', async () => {
    const lossWeights = { regression: 0.5, classes: 2 };
    const { events } = await driveTrial(await oracleCase({ epochs: 1, lossWeights }));
    const steps = eventsOf(events, 'step').map(({ losses }) => losses);
    const [epoch] = eventsOf(events, 'epoch');
    const mean = (pick: (losses: (typeof steps)[number]) => number) => steps.reduce((sum, s) => sum + pick(s), 0) / 3;
    expect(epoch?.losses.regression).toBeCloseTo(
      mean((s) => s.regression),
      12,
    );
    expect(epoch?.losses.total).toBeCloseTo(
      mean((s) => s.total),
      12,
    );
    for (const { total, regression, classes } of steps) expect(total).toBeCloseTo(0.5 * regression + 2 * classes, 12);
  });

  it('never looks at test rows where there are none, and needs none', async () => {
    const trial = await oracleCase({ epochs: 1 });
    const { events, result } = await driveTrial({ ...trial, data: { ...trial.data, test: [] } });
    expect(eventsOf(events, 'testLook')).toEqual([]);
    expect(result.test).toBeNull();
    expect(result.trivial.test).toBeNull();
  });

  it.each(['train', 'validation'] as const)('refuses an empty %s part before the first step', async (part) => {
    const trial = await oracleCase();
    const run = runTrial(trial.spec, { ...trial.data, [part]: [] }, { ...trial, afterStep: CONTINUE });
    await expect(run.next()).rejects.toMatchObject({ code: 'input' });
  });

  it('hands over the last epoch, or the best where asked', async () => {
    // A rate this high makes later epochs worse.
    const changes = {
      epochs: 6,
      learningRate: 1,
      schedule: { kind: 'constant', warmupFraction: 0, finalFraction: 0 },
    } as const;
    const last = await driveTrial(await oracleCase(changes));
    const best = await driveTrial(await oracleCase({ ...changes, objective: 'best' }));
    const mse = last.result.epochs.map(({ validation }) => validation.mse);
    const bestEpoch = mse.indexOf(Math.min(...mse)) + 1;
    expect(bestEpoch).toBeLessThan(6);
    expect(last.result).toMatchObject({ epoch: 6, bestEpoch, score: mse[5] });
    expect(best.result).toMatchObject({ epoch: bestEpoch, bestEpoch, score: mse[bestEpoch - 1] });
    expect(best.result.epochs).toEqual(last.result.epochs);
    expect(best.result.validation).toEqual(last.result.validation);
    expect(best.result.validation.best.metrics.mse).toBe(mse[bestEpoch - 1]);
    const shorter = await driveTrial(await oracleCase({ ...changes, epochs: bestEpoch }));
    expect(best.result.parameters).toEqual(shorter.result.parameters);
    expect(best.result.parameters).not.toEqual(last.result.parameters);
  });

  it('stops after the given number of epochs without a better one', async () => {
    const constant = { kind: 'constant', warmupFraction: 0, finalFraction: 0 } as const;
    const changes = { epochs: 30, patience: 2, learningRate: 0.3, schedule: constant };
    const { events, result } = await driveTrial(await oracleCase(changes));
    const { bestEpoch } = result;
    expect(result.epoch).toBe(bestEpoch + 2);
    expect(result.epochs).toHaveLength(bestEpoch + 2);
    expect(eventsOf(events, 'stoppedEarly')).toEqual([{ kind: 'stoppedEarly', epoch: bestEpoch + 2, bestEpoch }]);
    const mse = result.epochs.map(({ validation }) => validation.mse);
    expect(mse.indexOf(Math.min(...mse))).toBe(bestEpoch - 1);
  });

  it('fails with notFinite and the step where training blows up', async () => {
    const changes = {
      learningRate: 1e9,
      clipNorm: null,
      epochs: 20,
      adamW: { ...tinySpec(CONFIG).adamW, weightDecay: 1 },
    };
    await expect(driveTrial(await oracleCase(changes))).rejects.toMatchObject({
      code: 'notFinite',
      message: expect.stringMatching(/at step \d+/),
    });
  });

  it('fails with notFinite at the first step on a checkpoint that holds NaN', async () => {
    const trial = await oracleCase();
    const from = await firstCheckpoint(trial, 2);
    from.parameters.fill(Number.NaN);
    const run = runTrial(trial.spec, trial.data, { ...trial, afterStep: CONTINUE }, from);
    await run.next();
    await expect(run.next()).rejects.toMatchObject({
      code: 'notFinite',
      message: expect.stringMatching(/at step 3\b/),
    });
  });

  it('refuses a checkpoint of another size', async () => {
    const trial = await oracleCase();
    const from = { ...(await firstCheckpoint(trial, 1)), parameters: new Float32Array(3) };
    const run = runTrial(trial.spec, trial.data, { ...trial, afterStep: CONTINUE }, from);
    await expect(run.next()).rejects.toMatchObject({ code: 'input', message: expect.stringMatching(/3 parameters/) });
  });

  it('hands over checkpoints when asked, which later steps do not touch', async () => {
    const trial = await oracleCase({ epochs: 1 });
    const afterStep = (step: number) => (step < 3 ? 'checkpoint' : 'continue');
    const kept: { checkpoint: Checkpoint; copy: string }[] = [];
    for await (const event of runTrial(trial.spec, trial.data, { ...trial, afterStep })) {
      if (event.kind === 'checkpoint') kept.push({ ...event, copy: JSON.stringify(event.checkpoint) });
    }
    expect(kept.map(({ checkpoint }) => checkpoint.step)).toEqual([1, 2]);
    for (const { checkpoint, copy } of kept) expect(JSON.stringify(checkpoint)).toBe(copy);
  });

  it('frees its plans when finished, when failed, and when left half-way', async () => {
    const trial = await oracleCase({ epochs: 1 });
    const open = new Set<object>();
    const engine: Engine = {
      ...trial.engine,
      async prepare(plan) {
        const prepared = await trial.engine.prepare(plan);
        const counted = { ...prepared, dispose: async () => void open.delete(counted) };
        open.add(counted);
        return counted;
      },
    };
    await driveTrial({ ...trial, engine });
    expect(open.size).toBe(0);
    const host = { engine, backbone: trial.backbone, afterStep: CONTINUE };
    const left = runTrial(trial.spec, trial.data, host);
    await left.next();
    await left.next();
    expect(open.size).toBe(2);
    await left.return({ kind: 'stopped', step: 1 });
    expect(open.size).toBe(0);
    const failing = runTrial({ ...trial.spec, lossWeights: { regression: Number.NaN, classes: 1 } }, trial.data, host);
    await failing.next();
    await expect(failing.next()).rejects.toMatchObject({ code: 'notFinite' });
    expect(open.size).toBe(0);
  });
});

describe.each(DETERMINISTIC)('a trial on engine $name', ({ open }) => {
  let backbone: Backbone;
  let engine: Engine;
  beforeAll(async () => {
    ({ backbone } = await randomBackbone(CONFIG));
    engine = await open(backbone.readConstant);
  });
  afterAll(() => engine.dispose());

  const caseOf = (changes: Partial<TrialSpec> = {}): TrialCase => {
    return { spec: tinySpec(CONFIG, changes), data: tinyData(CONFIG, 36), engine, backbone };
  };

  it('ends with the same bytes at the same seed, and others at another', async () => {
    const first = await driveTrial(caseOf());
    expect(await driveTrial(caseOf())).toEqual(first);
    const other = await driveTrial(caseOf({ seed: 1 }));
    for (const [name, { data }] of other.result.parameters) {
      expect(data, name).not.toEqual(first.result.parameters.get(name)?.data);
    }
  });

  // 36 rows in batches of 8: 5 steps an epoch, 15 in all.
  it.each([[[1]], [[5]], [[10]], [[15]], [[7, 12]], [[3, 4]], [[5, 10, 13]]])(
    'stopped after steps %j and gone on with from its file ends with the bytes of one that never stopped',
    async (stops) => {
      const whole = await driveTrial(caseOf({ objective: 'best' }));
      const stopped = await driveTrial(caseOf({ objective: 'best' }), stops);
      expect(stopped.result).toEqual(whole.result);
      expect(eventsOf(stopped.events, 'step')).toEqual(eventsOf(whole.events, 'step'));
      expect(eventsOf(stopped.events, 'epoch')).toEqual(eventsOf(whole.events, 'epoch'));
      expect(eventsOf(stopped.events, 'started').map(({ firstStep }) => firstStep)).toEqual([0, ...stops]);
    },
  );

  it('resumes an early stop where it would have come', async () => {
    const constant = { kind: 'constant', warmupFraction: 0, finalFraction: 0 } as const;
    const trial = caseOf({ epochs: 30, patience: 1, learningRate: 0.3, schedule: constant });
    const whole = await driveTrial(trial);
    expect(whole.result.epochs.length).toBeLessThan(30);
    const stops = [2, whole.result.steps];
    expect((await driveTrial(trial, stops)).result).toEqual(whole.result);
  });

  it('holds as many tensors after each step as after the first, and the constants alone after it', async () => {
    await driveTrial(caseOf({ epochs: 1 }));
    const atRest = engine.tensorCount();
    const counts = new Set<number>();
    const afterStep = () => {
      counts.add(engine.tensorCount());
      return 'continue' as const;
    };
    const { spec, data } = caseOf();
    for await (const event of runTrial(spec, data, { engine, backbone, afterStep })) expect(event).toBeDefined();
    expect(counts.size).toBe(1);
    expect(engine.tensorCount()).toBe(atRest);
  });
});

async function firstCheckpoint({ spec, data, ...host }: TrialCase, step: number): Promise<Checkpoint> {
  const afterStep = (done: number) => (done === step ? 'checkpoint' : 'continue');
  for await (const event of runTrial(spec, data, { ...host, afterStep })) {
    if (event.kind === 'checkpoint') return event.checkpoint;
  }
  throw new Error(`there is no step ${step}`);
}
