import { PRESET_TABLES, type Reproduction } from '../../search/presets/paperPresets.ts';
import type { StudySettings } from '../../search/studyFields.ts';
import { type GroupRanks, ranksKey } from '../../search/rankSpace.ts';
import type { FinishedTrial, StudyJournal } from '../../search/studyJournal.ts';
import type { PaperFigures } from './paperFigures.ts';

/** A study that reproduces an experiment, and what the paper prints of it. */
export interface PaperRun {
  readonly reproduction: Reproduction;
  readonly settings: StudySettings;
  readonly journal: StudyJournal;
  readonly figures: PaperFigures;
}

/** The finished trial of a vector, if there is one. */
export function trialOf({ trials }: StudyJournal, ranks: GroupRanks): FinishedTrial | undefined {
  return trials
    .filter((trial) => trial.status === 'finished')
    .find((trial) => ranksKey(trial.ranks) === ranksKey(ranks));
}

/** A vector of this scale as the vector of the paper that stands in its place: rank by rank in the order of the allowed ones. */
export function inPaperRanks(run: Pick<PaperRun, 'reproduction' | 'journal'>, ranks: GroupRanks): GroupRanks {
  const { preset } = run.reproduction;
  const paper = (PRESET_TABLES[preset].scaled.full.allowed ?? '').split(',').map(Number);
  return ranks.map((rank) => paper[run.journal.space.allowed.indexOf(rank)] ?? 0);
}
