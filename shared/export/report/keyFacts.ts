import { affordableRanks } from '../../search/affordableRanks.ts';
import { counted, countText, durationText, percentText, scoreText } from './numberText.ts';
import type { StudyReport } from './studyReport.ts';
import { vectorName } from './vectorName.ts';

/** One of the few numbers that a reader wants beside the verdict. */
export interface KeyFact {
  readonly name: string;
  readonly value: string;
  /** What to hold it against. */
  readonly beside: string;
}

/** The numbers beside a study's verdict. */
export function keyFacts({ journal, summary }: StudyReport): KeyFact[] {
  const { header, space, rates, trials, confirmation, elapsedSeconds } = journal;
  const { best, uniform, finished } = summary;
  const facts: KeyFact[] = [];
  if (best) {
    const [only] = space.groups;
    const places = space.groups.length === 1 && only ? only.name : `${space.groups.length} groups, bottom to top`;
    const span = `${Math.min(...best.ranks)} to ${Math.max(...best.ranks)}`;
    facts.push({ name: 'best ranks', value: vectorName(best.ranks, span), beside: places });
    const share = Number.isFinite(space.budget)
      ? `${percentText(best.parameters / space.budget)} of the budget`
      : 'no budget';
    facts.push({ name: 'adapter parameters', value: countText(best.parameters), beside: share });
    const other =
      uniform?.trial && uniform.trial.trial !== best.trial
        ? `uniform ${uniform.ranks[0] ?? 0}: ${scoreText(uniform.trial.score)}; `
        : '';
    const beside = `${other}always the mean score: ${scoreText(header.trivial.mse)}`;
    facts.push({ name: 'MSE in the search', value: scoreText(best.score), beside });
  }
  const inBudget = `of ${affordableRanks(space).count.toLocaleString('en')} within the budget`;
  facts.push({ name: 'vectors trained', value: countText(finished.length), beside: inBudget });
  const trainings = rates.length + trials.length + (confirmation?.trials.length ?? 0);
  facts.push({ name: 'time worked', value: durationText(elapsedSeconds), beside: counted(trainings, 'training') });
  return facts;
}
