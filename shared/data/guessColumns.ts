/** Which columns of a table probably hold texts and labels; null where none looks like it. */
export interface GuessedColumns {
  readonly text: string | null;
  readonly score: string | null;
  readonly classes: string | null;
}

/** By their names, the likelier first. */
const TEXT_NAMES = /^(text|sentence|headline|title|review|comment|tweet|content|body|message)s?$/i;
const SCORE_NAMES = /^(score|sentiment[ _-]?score|polarity[ _-]?score|compound|valence)$/i;
const CLASS_NAMES = /^(class|label|labels|sentiment|category|polarity|target)$/i;

/** Guesses by the names of the columns. */
export function guessColumns(columns: readonly string[]): GuessedColumns {
  const find = (pattern: RegExp) => columns.find((column) => pattern.test(column)) ?? null;
  return { text: find(TEXT_NAMES), score: find(SCORE_NAMES), classes: find(CLASS_NAMES) };
}
