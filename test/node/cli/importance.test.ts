import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { allocateByImportance } from '../../../shared/search/allocateByImportance.ts';
import { outcomeOf } from '../../../shared/search/exploreRanks.ts';
import { meanImportance } from '../../../shared/search/meanImportance.ts';
import { readStudyJournal, type StudyJournal } from '../../../shared/search/studyJournal.ts';
import { folderBackbone } from '../../support/goldenBackbone.ts';
import { PATIENCE_MS, STUDY_DATA, studyFixture } from '../../support/studyFixture.ts';

const { folder: studyFolder, journal: records, prepare, start, finishedTrials } = studyFixture();

const DATA = [...STUDY_DATA, '--epochs', '2', '--batch', '16'];
/** A fine search of seven trainings far from any allocation, and the allocation. */
const FINE = ['--start', '7@2@5@2', '--delta', '1', '--fine-step', '1', '--max-sweeps', '1', '--budget', '4r'];
const SPACE = ['--groups', '2', '--separate-targets', '--allowed', '1-8'];
const STUDY = [...DATA, ...SPACE, ...FINE, '--lr', '0.01', '--strategy', 'darse', '--confirm-seeds', '0'];
const KINDS = ['update', 'sensitivity', 'paper'] as const;

beforeAll(async () => {
  prepare();
  for (const kind of KINDS) {
    const { code, stderr } = await start('search', ...STUDY, '--importance', kind, '--out', kind).ended;
    expect(code, stderr).toBe(0);
  }
}, PATIENCE_MS);

const journal = (study: string): StudyJournal => readStudyJournal(records(study), study);

/** The vector that some importance gives for the budget of the study's last trial. */
function allocated({ space, trials }: StudyJournal, importance: readonly number[]): number[] {
  const unitCosts = space.groups.map(({ unitCost }) => unitCost);
  return allocateByImportance({
    importance,
    unitCosts,
    budget: trials.at(-1)?.parameters ?? 0,
    allowed: space.allowed,
  });
}

test.each(['update', 'sensitivity'] as const)(
  'the last vector of a study is allocated by the mean %s of its trials',
  (kind) => {
    const study = journal(kind);
    const importance = meanImportance(study.space, study.trials.slice(0, -1).map(outcomeOf));
    expect(importance?.every((value) => value > 0)).toBe(true);
    expect(study.trials.at(-1)?.ranks).toEqual(allocated(study, importance ?? []));
  },
);

test("the last vector of a study by paper importance is allocated by the frozen weights' squared norms", async () => {
  const study = journal('paper');
  const { readConstant } = await folderBackbone(join(studyFolder, 'model'));
  const importance: number[] = [];
  for (const { modules } of study.space.groups) {
    let sum = 0;
    for (const path of modules) for (const weight of await readConstant(`${path}.weight`)) sum += weight ** 2;
    importance.push(sum);
  }
  expect(study.trials.at(-1)?.ranks).toEqual(allocated(study, importance));
  expect(study.trials.filter((trial) => trial.status === 'finished' && trial.importance)).toEqual([]);
});

test('each kind of importance leads to another vector, after the same fine search', () => {
  const vectors = KINDS.map((kind) => journal(kind).trials.map(({ ranks }) => ranks.join('@')));
  expect(new Set(vectors.map((visited) => visited.slice(0, -1).join(' '))).size).toBe(1);
  expect(new Set(vectors.map((visited) => visited.at(-1))).size).toBe(3);
});

test(
  'the sensitivity of a trial that was killed and gone on with is the same to the last bit, and so is the allocation',
  async () => {
    const often = ['--checkpoint-seconds', '0'];
    let running = start('search', ...STUDY, '--importance', 'sensitivity', '--out', 'killed', ...often);
    // Its first epoch is over, so a checkpoint holds the sums of some steps.
    const begun = () => records('killed').some(({ kind }) => kind === 'epoch');
    while (!begun() && running.child.exitCode === null) await wait(5);
    running.child.kill('SIGKILL');
    await running.ended;
    running = start('resume', 'killed', ...often);
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('trial 1 goes on after step');
    expect(finishedTrials('killed')).toEqual(finishedTrials('sensitivity'));
  },
  PATIENCE_MS,
);
