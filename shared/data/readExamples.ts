import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import type { Example } from './example.ts';
import { guessColumns } from './guessColumns.ts';
import { hashExamples } from './hashExamples.ts';
import { readByClasses, readByScores } from './labelRows.ts';
import { readRows, type TextOptions } from './readRows.ts';

/** Where a data file keeps its texts and labels. */
export interface ColumnOptions extends TextOptions {
  /** "score" when absent. */
  readonly scoreColumn?: string;
  /** When absent, classes follow from the scores. */
  readonly classColumn?: string;
  /** For data with classes only: the score of each class (`parseScoreMap`). */
  readonly scoreMap?: ReadonlyMap<string, number>;
}

/** A data file that was read whole and found good. */
export interface DataSet {
  /** The source's name. */
  readonly name: string;
  readonly examples: readonly Example[];
  /** See `hashExamples`. */
  readonly hash: string;
}

/**
 * Reads labelled texts. With a score column, the label is the class column's where one is named, else the score's own
 * class. With a class column and a score map, or without a score column, the score is the map's and the label that score's
 * own class.
 *
 * Throws one `input` error with every problem of the file (`readRows`), `usage` when the options contradict one another.
 */
export async function readExamples(source: ByteSource, options: ColumnOptions = {}): Promise<DataSet> {
  const { scoreColumn = 'score', classColumn, scoreMap } = options;
  if (scoreMap && classColumn === undefined) {
    throw new DarseError('usage', 'a score map needs the column of the classes: name it with --class-column');
  }
  if (scoreMap && options.scoreColumn !== undefined) {
    throw new DarseError('usage', 'scores come from --score-column or from --score-map, not from both');
  }
  const examples = await readRows<Example>(source, options, (columns) => {
    const lacksScores = scoreMap !== undefined || (options.scoreColumn === undefined && !columns.includes(scoreColumn));
    return classColumn !== undefined && lacksScores
      ? readByClasses(classColumn, scoreMap ?? new Map())
      : readByScores({ name: scoreColumn, flag: scoreFlag(columns) }, classColumn);
  });
  return { name: source.name, examples, hash: hashExamples(examples) };
}

/** What names the scores, and where a column looks like classes, what makes scores of those. */
function scoreFlag(columns: readonly string[]): string {
  const classLike = guessColumns(columns).classes ?? undefined;
  if (classLike === undefined) return '--score-column';
  return `--score-column, or for classes pass --class-column ${classLike} --score-map "negative=-1,neutral=0,positive=1"`;
}
