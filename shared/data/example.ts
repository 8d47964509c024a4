/** The five classes of a score, spec.md eq. 16: 0 strong negative … 4 strong positive. */
export const CLASS_NAMES = ['strong negative', 'negative', 'neutral', 'positive', 'strong positive'] as const;
export const CLASS_COUNT = CLASS_NAMES.length;

/** One labelled text. */
export interface Example {
  /** Unique in its data set: the id column's value, or the row number where there is none. */
  readonly id: string;
  readonly text: string;
  /** In [-1, 1]. */
  readonly score: number;
  /** 0 … CLASS_COUNT - 1. */
  readonly label: number;
}

/** The class of a score (spec.md eq. 16): the cuts ±0.049 and ±0.5 themselves belong to the class nearer zero. */
export function classOfScore(score: number): number {
  if (score > 0.5) return 4;
  if (score > 0.049) return 3;
  if (score >= -0.049) return 2;
  if (score >= -0.5) return 1;
  return 0;
}
