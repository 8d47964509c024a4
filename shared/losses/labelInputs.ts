import type { Example } from '../data/example.ts';
import { CLASS_ROW_WEIGHT, LABELS, REGRESSION_ROW_WEIGHT, SCORES } from './taskLoss.ts';

/** What a step's losses divide by: over the whole accumulated batch, of which the rows at hand may be a part. */
export interface LossMeans {
  readonly rowCount: number;
  /** Weight of each class in the class loss. */
  readonly classWeights: readonly number[];
  /** Σ of the rows' class weights. */
  readonly classWeightSum: number;
}

/** The means over an accumulated batch. */
export function lossMeans(batch: readonly Pick<Example, 'label'>[], classWeights: readonly number[]): LossMeans {
  const sum = batch.reduce((total, { label }) => total + (classWeights[label] ?? 0), 0);
  return { rowCount: batch.length, classWeights, classWeightSum: sum > 0 ? sum : 1 };
}

/** The labels and row weights of some rows of an accumulated batch, as taskLoss reads them. */
export function labelInputs(
  rows: readonly Pick<Example, 'score' | 'label'>[],
  { rowCount, classWeights, classWeightSum }: LossMeans,
): Map<string, Float32Array> {
  const classCount = classWeights.length;
  const oneHot = new Float32Array(rows.length * classCount);
  rows.forEach(({ label }, row) => {
    oneHot[row * classCount + label] = 1;
  });
  return new Map([
    [SCORES, Float32Array.from(rows, ({ score }) => score)],
    [LABELS, oneHot],
    [REGRESSION_ROW_WEIGHT, new Float32Array(rows.length).fill(1 / rowCount)],
    [CLASS_ROW_WEIGHT, Float32Array.from(rows, ({ label }) => (classWeights[label] ?? 0) / classWeightSum)],
  ]);
}
