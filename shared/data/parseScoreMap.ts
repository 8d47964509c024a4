import { problemsError } from '../study/darseError.ts';
import { classKey } from './parseClass.ts';
import { parseScore } from './parseScore.ts';
import { quoted } from './quoted.ts';

/**
 * The scores of classes from "negative=-1,neutral=0,positive=1".
 *
 * Throws `usage` with all that is wrong: a part without "=", a class named twice, a score that is none in [-1, 1].
 */
export function parseScoreMap(text: string): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  const problems: string[] = [];
  for (const part of text.split(',')) {
    const equals = part.lastIndexOf('=');
    const name = classKey(part.slice(0, Math.max(0, equals)));
    if (name === '') {
      problems.push(`${quoted(part)} is not of the form class=score`);
      continue;
    }
    const score = parseScore(part.slice(equals + 1));
    if (typeof score === 'string') problems.push(`class ${quoted(name)}: ${score}`);
    else if (scores.has(name)) problems.push(`class ${quoted(name)} is named twice`);
    else scores.set(name, score);
  }
  if (problems.length === 0) return scores;
  throw problemsError('usage', 'a score map is written like "negative=-1,neutral=0,positive=1":', problems);
}
