import { CLASS_COUNT, CLASS_NAMES, type Example } from '../data/example.ts';
import { type ClassMetrics, type ClassRow, classMetrics } from './classMetrics.ts';
import { predictLabels } from './predictLabels.ts';
import { type RegressionMetrics, regressionMetrics } from './regressionMetrics.ts';
import { type PredictedRow, worstRows } from './worstRows.ts';

/** The single numbers of an evaluation: scores and classes together. */
export type Metrics = RegressionMetrics & Omit<ClassMetrics, 'perClass' | 'confusion'>;

/** Everything an evaluation says, as plain data. */
export interface EvaluationReport {
  readonly exampleCount: number;
  readonly metrics: Metrics;
  /** One row per class, 0 first. */
  readonly classReport: readonly (ClassRow & { readonly name: string })[];
  /** `confusion[true class][predicted class]`: how many examples. */
  readonly confusion: readonly (readonly number[])[];
  readonly worst: readonly PredictedRow[];
}

export interface SummariseOptions {
  /** Whether predicted scores are first cut to [-1, 1]; the metrics are on raw output otherwise (spec.md §4). */
  readonly clip?: boolean;
  /** How many of the worst rows to list. */
  readonly worst?: number;
}

/**
 * The evaluation of predictions: `scores` [N] from the regression head, `logits` [N, CLASS_COUNT] (row-major) from the
 * class head, whose largest is the predicted class. Throws `input` for no examples and `notFinite` for a value that is
 * not finite.
 */
export function summarise(
  examples: readonly Example[],
  scores: ArrayLike<number>,
  logits: ArrayLike<number>,
  { clip = false, worst = 10 }: SummariseOptions = {},
): EvaluationReport {
  const predictedScores = clip ? Array.from(scores, clipScore) : scores;
  const predictedLabels = predictLabels(logits);
  const { metrics, classReport, confusion } = measure(examples, predictedScores, predictedLabels);
  return {
    exampleCount: examples.length,
    metrics,
    classReport,
    confusion,
    worst: worstRows(examples, predictedScores, predictedLabels, worst),
  };
}

/** The metrics of predicted scores [N] and classes [N], without the rows. */
export function measure(
  examples: readonly Example[],
  predictedScores: ArrayLike<number>,
  predictedLabels: ArrayLike<number>,
): Pick<EvaluationReport, 'metrics' | 'classReport' | 'confusion'> {
  const regression = regressionMetrics(
    examples.map((example) => example.score),
    predictedScores,
  );
  const { perClass, confusion, ...averages } = classMetrics(
    examples.map((example) => example.label),
    predictedLabels,
    CLASS_COUNT,
  );
  return {
    metrics: { ...regression, ...averages },
    classReport: perClass.map(({ precision, recall, f1, support }, label) => ({
      name: CLASS_NAMES[label] ?? String(label),
      precision,
      recall,
      f1,
      support,
    })),
    confusion,
  };
}

/** A score cut to [-1, 1]; NaN stays NaN. */
export function clipScore(score: number): number {
  return Math.max(-1, Math.min(1, score));
}
