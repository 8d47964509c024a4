import { nonNegativeFit } from './nonNegativeFit.ts';
import type { Range } from './range.ts';
import { addWork, NO_WORK, type Work } from './trialWork.ts';

/** Some work and how long it took. */
export interface Timing {
  readonly work: Work;
  readonly seconds: number;
}

/** What was timed of one short training. */
export interface TrainingTiming {
  /** From its beginning to its first step: recording plans and building what runs them. */
  readonly startSeconds: number;
  /** Steps and evaluations that do not count, since what they meet is new to the engine. */
  readonly warmSteps: readonly Timing[];
  readonly warmEvaluations: readonly Timing[];
  readonly steps: readonly Timing[];
  readonly evaluations: readonly Timing[];
}

/** How long trainings take on a machine. */
export interface CostModel {
  /** Seconds per unit of each kind of work in a training step, none below 0. */
  readonly rates: Work;
  /** What an evaluation takes beside `rates` · its work. */
  readonly evaluationFactor: number;
  /** What a training takes beside its steps and evaluations. */
  readonly overheadSeconds: number;
  /** The quartiles of (seconds timed) / (seconds modelled) over single steps. */
  readonly spread: { readonly low: number; readonly high: number };
}

/** What a whole training computes. */
export interface TrainingWork {
  /** Of the steps of an epoch. */
  readonly epoch: Work;
  /** Of one evaluation on the validation part. */
  readonly validation: Work;
  /** On the test part; none where it is not looked at. */
  readonly test: Work;
  /** How many epochs it may have. */
  readonly epochs: { readonly low: number; readonly high: number };
}

/** The fit is made again with weights from the fit before. */
const ROUNDS = 4;

/**
 * seconds(step) = rates · work. The rates minimise Σ ((timed - modelled) / modelled)²: of relative errors, so that short steps count as much as long ones,
 * and beside the model and not the timing, so that the sum of the modelled seconds is not below that of noisy timings.
 */
export function fitCostModel(trainings: readonly TrainingTiming[]): CostModel {
  const steps = trainings.flatMap((training) => training.steps);
  const rows = steps.map(({ work }) => work);
  const targets = steps.map(({ seconds }) => seconds);
  let rates = NO_WORK;
  let expected = targets;
  for (let round = 0; round < ROUNDS; round++) {
    const [operations = 0, multiplyAdds = 0, elements = 0, drawn = 0, updated = 0] = nonNegativeFit(
      rows,
      targets,
      expected.map((seconds) => 1 / Math.max(seconds, 1e-9) ** 2),
    );
    rates = [operations, multiplyAdds, elements, drawn, updated];
    expected = steps.map(({ work }) => secondsOf(rates, work));
  }
  const evaluations = trainings.flatMap((training) => training.evaluations);
  const modelled = secondsOf(rates, totalOf(evaluations));
  const evaluationFactor = modelled > 0 ? evaluations.reduce((sum, { seconds }) => sum + seconds, 0) / modelled : 1;
  const ratios = steps.map(({ seconds }, i) => seconds / Math.max(expected[i] ?? 0, 1e-9)).sort((a, b) => a - b);
  const quantile = (share: number) => ratios[Math.round(share * (ratios.length - 1))] ?? 1;
  const overheads = trainings.map(({ startSeconds, warmSteps, warmEvaluations }) => {
    const took = [...warmSteps, ...warmEvaluations].reduce((sum, { seconds }) => sum + seconds, 0);
    const usual = secondsOf(rates, totalOf(warmSteps)) + evaluationFactor * secondsOf(rates, totalOf(warmEvaluations));
    return startSeconds + Math.max(0, took - usual);
  });
  return {
    rates,
    evaluationFactor,
    overheadSeconds: medianOf(overheads),
    spread: { low: Math.min(1, quantile(0.25)), high: Math.max(1, quantile(0.75)) },
  };
}

/**
 * overhead + epochs · (rates · epoch) + factor · rates · (evaluations · validation + test); one evaluation more than epochs where the best epoch need
 * not be the last.
 */
export function trainingSeconds(model: CostModel, { epoch, validation, test, epochs }: TrainingWork): Range {
  const { rates, evaluationFactor, overheadSeconds, spread } = model;
  const [step, look, last] = [epoch, validation, test].map((work) => secondsOf(rates, work));
  const secondsAt = (count: number, looks: number) =>
    overheadSeconds + count * (step ?? 0) + evaluationFactor * (looks * (look ?? 0) + (last ?? 0));
  const most = epochs.high + (epochs.high > 1 ? 1 : 0);
  return {
    low: spread.low * secondsAt(epochs.low, epochs.low),
    middle: secondsAt(epochs.high, (epochs.high + most) / 2),
    high: spread.high * secondsAt(epochs.high, most),
  };
}

export function secondsOf(rates: Work, work: Work): number {
  return rates.reduce<number>((sum, rate, i) => sum + rate * (work[i] ?? 0), 0);
}

/** The first training of a process takes longer to begin: it does not count for the others. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

function totalOf(timings: readonly Timing[]): Work {
  return timings.reduce<Work>((sum, { work }) => addWork(sum, work), NO_WORK);
}
