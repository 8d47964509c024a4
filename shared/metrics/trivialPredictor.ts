import { CLASS_COUNT, type Example } from '../data/example.ts';
import { DarseError } from '../study/darseError.ts';
import { type Metrics, measure } from './evaluationReport.ts';

/** What a model that never reads the text would reach. */
export interface TrivialPredictor {
  /** The mean score of the training part. */
  readonly score: number;
  /** The commonest class of the training part; the lower one on a tie. */
  readonly label: number;
  readonly metrics: Metrics;
}

/** The trivial predictor of a training part, evaluated on other examples. Throws `input` where either has none. */
export function trivialPredictor(
  trainExamples: readonly Example[],
  evaluatedExamples: readonly Example[],
): TrivialPredictor {
  if (trainExamples.length === 0) throw new DarseError('input', 'the training part has no examples');
  const score = trainExamples.reduce((total, example) => total + example.score, 0) / trainExamples.length;
  const counts = Array.from({ length: CLASS_COUNT }, (_, k) => trainExamples.filter(({ label }) => label === k).length);
  const label = counts.indexOf(Math.max(...counts));
  const { metrics } = measure(
    evaluatedExamples,
    evaluatedExamples.map(() => score),
    evaluatedExamples.map(() => label),
  );
  return { score, label, metrics };
}
