import type { Evaluation, Executor, Trial } from './evaluation.ts';

/** What is heard of trials that run at once. */
export type TrialNews<Event, T extends Trial = Trial> =
  | { readonly kind: 'trialStarted'; readonly trial: T }
  | { readonly kind: 'progress'; readonly trial: T; readonly event: Event }
  | { readonly kind: 'ended'; readonly trial: T; readonly evaluation: Evaluation }
  | LeftNews;

/** Trials were left before their end, and none runs any more: whoever hears this leaves the study here. */
export interface LeftNews {
  readonly kind: 'left';
}

/**
 * Evaluates trials, at most `parallel` at once, and tells what happens as it happens. The next trial is drawn when there is
 * room for it. Where one throws or the consumer stops listening, the others are ended too.
 * `endEarly`, asked after each event before its trial goes on, may end the trial there: what it gives is then how it ended.
 */
export async function* raceTrials<Event, T extends Trial>(
  executor: Executor<Event>,
  trials: Iterator<T, void>,
  parallel: number,
  endEarly: (trial: T, event: Event) => Evaluation | null = () => null,
): AsyncGenerator<TrialNews<Event, T>, void> {
  const running = new Map<T, ReturnType<typeof listen<Event, T>>>();
  const runs = new Map<T, AsyncGenerator<Event, Evaluation | null, void>>();
  let isLeft = false;
  try {
    for (;;) {
      const room = isLeft ? 0 : parallel;
      while (running.size < room) {
        const { value: trial } = trials.next();
        if (!trial) break;
        yield { kind: 'trialStarted', trial };
        const run = executor.evaluate(trial);
        runs.set(trial, run);
        running.set(trial, listen(trial, run));
      }
      if (running.size === 0) {
        if (isLeft) yield { kind: 'left' };
        return;
      }
      const { trial, run, heard } = await Promise.race(running.values());
      // Removed before it is added again, so that a trial that talks much does not hide the others.
      running.delete(trial);
      if (heard.done) {
        runs.delete(trial);
        if (heard.value === null) isLeft = true;
        else yield { kind: 'ended', trial, evaluation: heard.value };
        continue;
      }
      const early = endEarly(trial, heard.value);
      if (early === null) running.set(trial, listen(trial, run));
      yield { kind: 'progress', trial, event: heard.value };
      if (early !== null) {
        await run.return(early);
        runs.delete(trial);
        yield { kind: 'ended', trial, evaluation: early };
      }
    }
  } finally {
    const ended: Evaluation = { status: 'failed', message: 'the study was left' };
    await Promise.allSettled([...running.values(), ...[...runs.values()].map((run) => run.return(ended))]);
  }
}

async function listen<Event, T extends Trial>(trial: T, run: AsyncGenerator<Event, Evaluation | null, void>) {
  return { trial, run, heard: await run.next() };
}
