import type { EpochRecord, ToldEvent } from '../trial/trialEvent.ts';
import type { TrialRecord } from './trialRecord.ts';

/** How far a training is, as its records tell it; a view draws this and computes nothing. */
export interface TrialProgress {
  readonly state: 'starting' | 'training' | 'evaluating' | 'stopped' | 'finished' | 'failed';
  readonly step: number;
  readonly totalSteps: number;
  /** Whole per cent of the steps. */
  readonly percent: number;
  readonly epoch: number;
  /** The total training loss of every step since the first that is known. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  readonly epochs: readonly (EpochRecord & { readonly lastStep: number })[];
  /** The lowest validation MSE so far. */
  readonly best: EpochRecord | null;
  readonly loraParameters: number;
  readonly headParameters: number;
  /** What ended it early or what went wrong, in words. */
  readonly message: string | null;
}

export const NO_PROGRESS: TrialProgress = {
  state: 'starting',
  step: 0,
  totalSteps: 0,
  percent: 0,
  epoch: 0,
  losses: [],
  epochs: [],
  best: null,
  loraParameters: 0,
  headParameters: 0,
  message: null,
};

/** The progress after further records. What was told of steps that a resumed training takes again is forgotten. */
export function withRecords(progress: TrialProgress, records: readonly (TrialRecord | ToldEvent)[]): TrialProgress {
  const draft: Draft = { ...progress, losses: [...progress.losses], epochs: [...progress.epochs] };
  for (const record of records) take(draft, record);
  return draft;
}

type Draft = { -readonly [Name in keyof TrialProgress]: TrialProgress[Name] } & {
  losses: TrialProgress['losses'][number][];
  epochs: TrialProgress['epochs'][number][];
};

function take(draft: Draft, record: TrialRecord | ToldEvent): void {
  switch (record.kind) {
    case 'trialStarted':
      draft.state = 'starting';
      break;
    case 'resumed':
      draft.state = 'starting';
      draft.message = null;
      draft.losses = draft.losses.filter(({ step }) => step <= record.step);
      // Saved after an epoch's last step means before its evaluation, which is then told again.
      draft.epochs = draft.epochs.filter(({ lastStep }) => lastStep < record.step);
      draft.best = draft.epochs.reduce(lower, null);
      break;
    case 'started':
      draft.state = 'training';
      draft.totalSteps = record.totalSteps;
      draft.loraParameters = record.loraParameters;
      draft.headParameters = record.headParameters;
      reach(draft, record.firstStep);
      break;
    case 'step':
      draft.state = 'training';
      draft.epoch = record.epoch;
      draft.losses.push({ step: record.step, loss: record.losses.total });
      reach(draft, record.step);
      break;
    case 'evaluating':
      draft.state = 'evaluating';
      break;
    case 'epoch': {
      const { kind: _kind, ...epoch } = record;
      const known = { ...epoch, lastStep: draft.step };
      draft.epochs.push(known);
      draft.best = lower(draft.best, known);
      break;
    }
    case 'ranksUncut':
      draft.message = `AdaLoRA should have cut ranks by step ${record.step} and has cut none`;
      break;
    case 'stoppedEarly':
      draft.message = `stopped early: no epoch was better than epoch ${record.bestEpoch}`;
      break;
    case 'interrupted':
      draft.state = 'stopped';
      reach(draft, record.step);
      break;
    case 'finished':
      draft.state = 'finished';
      draft.percent = 100;
      break;
    case 'failed':
      draft.state = 'failed';
      draft.message = record.message;
      break;
    case 'ranks':
    case 'testLook':
      break;
    default:
      throw new RangeError(`unknown record ${JSON.stringify(record satisfies never)}`);
  }
}

function reach(draft: Draft, step: number): void {
  draft.step = step;
  draft.percent = draft.totalSteps === 0 ? 0 : Math.floor((100 * step) / draft.totalSteps);
}

function lower(least: EpochRecord | null, epoch: EpochRecord): EpochRecord {
  return least === null || epoch.validation.mse < least.validation.mse ? epoch : least;
}
