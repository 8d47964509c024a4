import { describe, expect, it } from 'vitest';
import { NO_PROGRESS, withRecords } from '../../shared/history/trialProgress.ts';
import type { TrialRecord } from '../../shared/history/trialRecord.ts';
import type { Checkpoint } from '../../shared/trial/checkpoint.ts';
import { openTrialRun } from '../../shared/trial/checkpointedTrial.ts';
import type { ToldEvent } from '../../shared/trial/trialEvent.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { openReferenceEngine } from '../support/referenceStep.ts';
import { tinyData, tinySpec } from '../support/tinyTrial.ts';

const CONFIG = tinyConfig();
/** 20 rows in batches of 8 are 3 steps an epoch, 6 in two. */
const SPEC = tinySpec(CONFIG, { epochs: 2 });
const STEPS = 6;

/** What a real trial tells, from a store's checkpoint on, until it ends or reaches `stopAfter`. */
async function told(kept: Checkpoint[], stopAfter: number, checkpointSteps: number): Promise<ToldEvent[]> {
  const encoder = await randomBackbone(CONFIG);
  const stop = new AbortController();
  const run = await openTrialRun({
    spec: SPEC,
    data: tinyData(CONFIG, 20),
    engine: openReferenceEngine(encoder),
    backbone: encoder.backbone,
    checkpoints: {
      newest: async () => ({ checkpoint: kept.at(-1), problems: [] }),
      write: async (checkpoint) => {
        kept.push(checkpoint);
      },
    },
    checkpointSeconds: Number.POSITIVE_INFINITY,
    checkpointSteps,
    stop: stop.signal,
    now: () => 0,
  });
  const events: ToldEvent[] = [];
  for await (const event of run.events) {
    events.push(event);
    if (event.kind === 'step' && event.step === stopAfter) stop.abort();
  }
  return events;
}

const ENGINE = openReferenceEngine(await randomBackbone(CONFIG)).description;
const BEGIN: TrialRecord = { kind: 'trialStarted', key: 'k', engine: ENGINE };

describe('the progress of a training', () => {
  it('follows its records to the end: every step a loss, every epoch a validation, the least of them the best', async () => {
    const events = await told([], Number.POSITIVE_INFINITY, 100);
    const progress = withRecords(NO_PROGRESS, [BEGIN, ...events, { kind: 'finished', score: 0.1, epoch: 2 }]);
    expect(progress).toMatchObject({ state: 'finished', step: STEPS, totalSteps: STEPS, percent: 100, epoch: 2 });
    expect(progress.losses.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(progress.epochs.map(({ lastStep }) => lastStep)).toEqual([3, 6]);
    const least = Math.min(...progress.epochs.map(({ validation }) => validation.mse));
    expect(progress.best?.validation.mse).toBe(least);
  });

  it('of one stopped and gone on with is that of one that never stopped', async () => {
    const whole = await told([], Number.POSITIVE_INFINITY, 100);
    const kept: Checkpoint[] = [];
    const before = await told(kept, 4, 2);
    // Killed after step 4 and before it was saved: the checkpoint of step 2 is the newest.
    kept.splice(1);
    const resumed: TrialRecord = { kind: 'resumed', step: 2, engine: ENGINE };
    const after = await told(kept, Number.POSITIVE_INFINITY, 100);
    expect(withRecords(NO_PROGRESS, [BEGIN, ...before, resumed, ...after])).toEqual(
      withRecords(NO_PROGRESS, [BEGIN, ...whole]),
    );
  });

  it('of one killed just after an epoch, whose checkpoint is from just before its evaluation, has that epoch once', async () => {
    const whole = await told([], Number.POSITIVE_INFINITY, 100);
    const kept: Checkpoint[] = [];
    const before = await told(kept, Number.POSITIVE_INFINITY, 3);
    const killedAt = before.findIndex(({ kind }) => kind === 'epoch') + 1;
    kept.splice(1);
    expect(kept[0]?.step).toBe(3);
    const resumed: TrialRecord = { kind: 'resumed', step: 3, engine: ENGINE };
    const after = await told(kept, Number.POSITIVE_INFINITY, 100);
    expect(withRecords(NO_PROGRESS, [BEGIN, ...before.slice(0, killedAt), resumed, ...after])).toEqual(
      withRecords(NO_PROGRESS, [BEGIN, ...whole]),
    );
  });

  it('is the same whether its records come one by one or together', async () => {
    const records = [BEGIN, ...(await told([], Number.POSITIVE_INFINITY, 100))];
    const oneByOne = records.reduce((progress, record) => withRecords(progress, [record]), NO_PROGRESS);
    expect(oneByOne).toEqual(withRecords(NO_PROGRESS, records));
  });

  it('of a failed training keeps where it was and why', () => {
    const failed: TrialRecord = { kind: 'failed', code: 'notFinite', message: 'the loss of step 3 is not finite' };
    expect(withRecords(NO_PROGRESS, [BEGIN, failed])).toMatchObject({
      state: 'failed',
      message: 'the loss of step 3 is not finite',
    });
  });
});
