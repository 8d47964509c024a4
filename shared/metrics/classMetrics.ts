import { DarseError } from '../study/darseError.ts';

/** The metrics of one class. */
export interface ClassRow {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** How many examples truly have the class. */
  readonly support: number;
}

/** How well predicted classes fit the true ones. Micro averages are not listed: each of them equals the accuracy. */
export interface ClassMetrics {
  readonly accuracy: number;
  /** Means over the classes weighted by their share of the truth (spec.md §8); the weighted recall equals the accuracy. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Plain means over all classes. */
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly macroF1: number;
  /** The plain mean of F1 over the classes that occur in the truth or the predictions. */
  readonly presentMacroF1: number;
  /** One row per class. */
  readonly perClass: readonly ClassRow[];
  /** `confusion[true class][predicted class]`: how many examples. */
  readonly confusion: readonly (readonly number[])[];
}

export interface ClassMetricsOptions {
  /** The value of a precision, recall or F1 whose denominator is 0. */
  readonly zeroDivision?: 0 | 1;
}

/**
 * The class metrics of spec.md §8, with scikit-learn's conventions.
 *
 * Per class: precision = tp / (tp + fp), recall = tp / (tp + fn), F1 = 2·tp / (2·tp + fp + fn).
 * `truth` and `predicted` hold classes 0 … `classCount` - 1, one per example. Throws `input` for no examples.
 */
export function classMetrics(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
  { zeroDivision = 0 }: ClassMetricsOptions = {},
): ClassMetrics {
  const confusion = confusionMatrix(truth, predicted, classCount);
  const ratio = (part: number, whole: number) => (whole === 0 ? zeroDivision : part / whole);
  const counts = confusion.map((row, k) => ({
    hits: row[k] ?? 0,
    support: sum(row),
    predicted: sum(confusion.map((other) => other[k] ?? 0)),
  }));
  const perClass = counts.map(({ hits, support, predicted: named }) => ({
    precision: ratio(hits, named),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, support + named),
    support,
  }));
  const mean = (of: (row: ClassRow) => number) => sum(perClass.map(of)) / classCount;
  const weightedMean = (of: (row: ClassRow) => number) =>
    sum(perClass.map((row) => row.support * of(row))) / truth.length;
  const present = perClass.filter((_, k) => (counts[k]?.support ?? 0) + (counts[k]?.predicted ?? 0) > 0);
  return {
    accuracy: sum(counts.map(({ hits }) => hits)) / truth.length,
    precision: weightedMean((row) => row.precision),
    recall: weightedMean((row) => row.recall),
    f1: weightedMean((row) => row.f1),
    macroPrecision: mean((row) => row.precision),
    macroRecall: mean((row) => row.recall),
    macroF1: mean((row) => row.f1),
    presentMacroF1: sum(present.map((row) => row.f1)) / present.length,
    perClass,
    confusion,
  };
}

function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classCount: number): number[][] {
  if (truth.length === 0) throw new DarseError('input', 'there are no examples to evaluate: give at least one');
  if (truth.length !== predicted.length) {
    throw new DarseError('internal', `${predicted.length} predicted classes for ${truth.length} examples`);
  }
  const confusion = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (let i = 0; i < truth.length; i++) {
    const row = confusion[truth[i] ?? -1];
    const count = row?.[predicted[i] ?? -1];
    if (row === undefined || count === undefined) {
      throw new DarseError(
        'internal',
        `classes must be 0–${classCount - 1}, got ${truth[i]} and, predicted, ${predicted[i]} at example ${i + 1}`,
      );
    }
    row[predicted[i] ?? -1] = count + 1;
  }
  return confusion;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
