import type { Evaluation, Trial } from '../evaluation.ts';
import type { TrialRecord } from '../studyRecord.ts';
import type { Pruner } from './pruner.ts';

/** What an event tells of the validation curve of its trial. */
export type CurveNews =
  /** The trial begins or goes on, with so many epochs behind it. */
  { readonly kind: 'begins'; readonly curve: readonly number[] } | { readonly kind: 'epoch'; readonly mse: number };

export interface Pruning<Event> {
  readonly pruner: Pruner;
  /** What an event of the executor's tells; null: nothing. */
  readonly curveNews: (event: Event) => CurveNews | null;
}

/**
 * Follows the curves of running trials: called with each of their events in turn, it gives the end of a trial that the pruner ends there, or
 * null. `ended`: the trials of the search that have ended by then.
 */
export function watchCurves<Event>(
  { pruner, curveNews }: Pruning<Event>,
  ended: () => readonly TrialRecord[],
): (trial: Trial, event: Event) => Evaluation | null {
  const curves = new Map<number, readonly number[]>();
  return ({ number }, event) => {
    const news = curveNews(event);
    if (news === null) return null;
    if (news.kind === 'begins') {
      curves.set(number, news.curve);
      return null;
    }
    const curve = [...(curves.get(number) ?? []), news.mse];
    curves.set(number, curve);
    const others = ended().flatMap((record) =>
      record.status === 'failed' || record.curve === undefined
        ? []
        : { finished: record.status === 'finished', curve: record.curve },
    );
    const message = pruner(curve, others);
    return message === null ? null : { status: 'pruned', message, curve };
  };
}
