import type { TrialEvent } from '../trial/trialEvent.ts';
import type { TrialSpec } from '../trial/trialSpec.ts';
import { etaInWords, etaRange } from './etaRange.ts';

/** What a row costs that is only evaluated, as a share of one that is trained on. */
const EVALUATION_SHARE = 1 / 3;

interface Rows {
  readonly length: number;
}

/** Estimates from a trial's events, as they come, how long the rest of it takes. */
export interface TrialEta {
  hear(event: TrialEvent): void;
  /** `about 20–35 s left`. */
  left(): string;
}

/** `now` tells a time in milliseconds that only grows. */
export function createTrialEta(
  { epochs, batchSize }: Pick<TrialSpec, 'epochs' | 'batchSize'>,
  { validation, test }: { readonly validation: Rows; readonly test: Rows },
  now: () => number,
): TrialEta {
  const stepMs: number[] = [];
  let stepsLeft = 0;
  let totalSteps = 0;
  let stepsPerEpoch = 0;
  /** The last step known to be done, and when. */
  let last: { readonly step: number; readonly atMs: number } | undefined;
  /** The evaluations still to come, in steps that would take as long. */
  const evaluationSteps = (epoch: number) =>
    (EVALUATION_SHARE * ((epochs - epoch + 1) * validation.length + test.length)) / batchSize;
  return {
    hear(event) {
      const atMs = now();
      if (event.kind === 'started') {
        ({ totalSteps, stepsPerEpoch } = event);
        last = { step: event.firstStep, atMs };
      }
      if (event.kind === 'step') {
        // A process of its own does not tell every step.
        if (last !== undefined) stepMs.push((atMs - last.atMs) / (event.step - last.step));
        stepsLeft = totalSteps - event.step + evaluationSteps(event.epoch);
        last = { step: event.step, atMs };
      }
      if (event.kind === 'evaluating') last = undefined;
      if (event.kind === 'epoch') last = { step: event.epoch * stepsPerEpoch, atMs };
    },
    left() {
      const eta = etaRange(stepMs, stepsLeft);
      return eta ? `${etaInWords(eta)} left` : 'estimating the time';
    },
  };
}
