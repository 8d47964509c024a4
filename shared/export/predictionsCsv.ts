import Papa from 'papaparse/papaparse.js';
import type { TextRow } from '../data/readRows.ts';
import { predictLabels } from '../metrics/predictLabels.ts';
import type { Predictions } from '../train/predictExamples.ts';
import { harmlessCell } from './harmlessCell.ts';

/** A text with what a model says of it. */
export interface PredictedText extends TextRow {
  readonly score: number;
  /** The most probable class. */
  readonly label: number;
  /** One per class, they add up to 1. */
  readonly probabilities: readonly number[];
}

/** Texts joined with their predictions; probabilities are the softmax of the logits. */
export function predictedTexts(rows: readonly TextRow[], { scores, logits, classCount }: Predictions): PredictedText[] {
  const labels = predictLabels(logits);
  return rows.map(({ id, text }, row) => {
    const rowLogits = Array.from(logits.subarray(row * classCount, (row + 1) * classCount));
    const largest = Math.max(...rowLogits);
    const powers = rowLogits.map((logit) => Math.exp(logit - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    const probabilities = powers.map((power) => power / sum);
    return { id, text, score: scores[row] ?? Number.NaN, label: labels[row] ?? 0, probabilities };
  });
}

/** CSV with the columns id, text, score, class, p0 … (RFC 4180); cells that a spreadsheet would run as a formula start with '. */
export function predictionsCsv(predicted: readonly PredictedText[]): string {
  const classCount = predicted[0]?.probabilities.length ?? 0;
  const fields = ['id', 'text', 'score', 'class', ...Array.from({ length: classCount }, (_, k) => `p${k}`)];
  const data = predicted.map(({ id, text, score, label, probabilities }) => [
    harmlessCell(id),
    harmlessCell(text),
    score,
    label,
    ...probabilities,
  ]);
  return `${Papa.unparse({ fields, data })}\r\n`;
}
