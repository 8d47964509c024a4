import { LISTED_PROBLEMS } from '../study/darseError.ts';
import { classOfScore, type Example } from './example.ts';
import { classKey, parseClass, parseLabel } from './parseClass.ts';
import { parseScore } from './parseScore.ts';
import { quoted } from './quoted.ts';
import type { RowReading, WantedColumn } from './readRows.ts';

/** Rows with a score; the label is the class column's where one is named, else the class of the score. */
export function readByScores(scoreColumn: WantedColumn, classColumn?: string): RowReading<Example> {
  return {
    wanted: classColumn === undefined ? [scoreColumn] : [scoreColumn, classFlag(classColumn)],
    read(row, [scoreValue, classValue], report) {
      const score = parseScore(scoreValue);
      if (typeof score === 'string') report(score);
      const scoreOrZero = typeof score === 'string' ? 0 : score;
      const label = classColumn === undefined ? classOfScore(scoreOrZero) : parseLabel(classValue, report);
      return typeof score === 'string' || label === undefined ? undefined : { ...row, score, label };
    },
  };
}

/** Rows with a class only: `scoreMap` gives the score. Classes it lacks are reported once each, with their rows counted. */
export function readByClasses(classColumn: string, scoreMap: ReadonlyMap<string, number>): RowReading<Example> {
  const scores = new Map([...scoreMap].map(([name, score]) => [classKey(name), score]));
  const unknown = new Map<string, number>();
  let furtherRows = 0;
  return {
    wanted: [classFlag(classColumn)],
    read(row, [classValue], report) {
      const key = parseClass(classValue, report);
      if (key === undefined) return undefined;
      const score = scores.get(key);
      if (score !== undefined) return { ...row, score, label: classOfScore(score) };
      const count = unknown.get(key) ?? 0;
      if (count === 0 && unknown.size === LISTED_PROBLEMS) furtherRows++;
      else unknown.set(key, count + 1);
      return undefined;
    },
    problems() {
      const listed = [...unknown].map(
        ([key, count]) =>
          `class ${quoted(key)} (rows: ${count}) has no score: add ${quoted(`${key}=…`)} to --score-map`,
      );
      return furtherRows > 0 ? [...listed, `further classes (rows: ${furtherRows}) have no score`] : listed;
    },
  };
}

function classFlag(name: string): WantedColumn {
  return { name, flag: '--class-column' };
}
