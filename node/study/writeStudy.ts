import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { rateOf } from '../../shared/search/learningRate/rateRule.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import type { FinishedTrial, StudyJournal } from '../../shared/search/studyJournal.ts';
import { armMeans } from '../../shared/search/verdict/armMeans.ts';
import { mean } from '../../shared/study/mean.ts';
import type { StudyVerdict } from '../../shared/search/verdict/studyVerdict.ts';
import { adapterFolderOf } from '../../shared/trial/adapterFolderOf.ts';
import { STUDY_FILES, writeFolder } from '../runFolder.ts';
import { baseModel, trainingFacts } from '../trainingFacts.ts';
import type { OpenStudy } from './openStudy.ts';
import { readStoredTrial } from './storedTrial.ts';

/** Writes best/: the adapter of a finished trial with heads and model card, from what the study kept of it. */
export async function writeBest(
  study: OpenStudy,
  journal: StudyJournal,
  best: FinishedTrial,
  verdict: StudyVerdict,
): Promise<void> {
  const { folder, model, data, settings } = study;
  const learningRate = journal.rateRule && rateOf(journal.rateRule.rule, best.parameters);
  const rate = learningRate ? { learningRate } : {};
  const spec = study.specOf({ ranks: best.ranks, ...rate });
  const parameters = await readStoredTrial(folder, best.trial, best.facts.key);
  const adapter = adapterFolderOf(spec, model.backbone.config, baseModel(model), parameters);
  const results = [
    {
      part: 'validation',
      exampleCount: data.validation.length,
      metrics: best.facts.validation,
      trivial: journal.header.trivial,
    },
  ];
  const facts = trainingFacts({ ...study, spec, engine: best.facts.engine }, ranksKey(best.ranks), results, [
    [
      'found by',
      `a rank search (${settings.strategy}) that chose by these validation rows: their results are too good to be expected again`,
    ],
    ...expectation(best, verdict),
  ]);
  await replaceFolder(join(folder, STUDY_FILES.best), peftFolder(adapter, facts));
}

/** What to expect of new texts: the same ranks, trained again on fresh seeds and judged on test rows that chose nothing. */
function expectation({ ranks }: FinishedTrial, { arms }: StudyVerdict): [string, string][] {
  const own = arms.find((arm) => ranksKey(arm.ranks) === ranksKey(ranks));
  const scores = own ? [...armMeans(own).values()] : [];
  if (scores.length === 0) return [];
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const range = `${least.toFixed(4)} to ${most.toFixed(4)}`;
  const trainings = `${scores.length} trainings of these ranks on fresh seeds`;
  return [['to be expected', `MSE ${mean(scores).toFixed(4)} on test rows, the mean of ${trainings} (${range})`]];
}

/** A folder whose files are either all old or all new, so that none of an earlier adapter is left among them. */
async function replaceFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const [fresh, old] = [`${path}.new`, `${path}.old`];
  // What a process left that was ended in the middle of this.
  for (const left of [fresh, old]) await rm(left, { recursive: true, force: true });
  await writeFolder(fresh, files);
  if (existsSync(path)) await rename(path, old);
  await rename(fresh, path);
  await rm(old, { recursive: true, force: true });
}
