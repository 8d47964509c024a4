import { CLASS_COUNT } from '../data/example.ts';
import { DarseError } from '../study/darseError.ts';

/** The predicted classes [N] of logits [N, CLASS_COUNT]; the lower class on a tie. Throws `notFinite`. */
export function predictLabels(logits: ArrayLike<number>): number[] {
  const wrong = Array.from(logits).findIndex((logit) => !Number.isFinite(logit));
  if (wrong >= 0) {
    const example = Math.floor(wrong / CLASS_COUNT) + 1;
    throw new DarseError('notFinite', `the class logits of example ${example} must be finite, got ${logits[wrong]}`);
  }
  const labels: number[] = [];
  for (let begin = 0; begin < logits.length; begin += CLASS_COUNT) {
    let best = 0;
    for (let k = 1; k < CLASS_COUNT; k++) {
      if ((logits[begin + k] ?? 0) > (logits[begin + best] ?? 0)) best = k;
    }
    labels.push(best);
  }
  return labels;
}
