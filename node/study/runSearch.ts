import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { trivialPredictor } from '../../shared/metrics/trivialPredictor.ts';
import { confirmationArms } from '../../shared/search/confirmation/confirmationPlan.ts';
import { confirmationOptions } from '../../shared/search/confirmation/confirmationSeeds.ts';
import type { Trial } from '../../shared/search/evaluation.ts';
import { type Range, sumOf } from '../../shared/search/forecast/range.ts';
import { studyLeft } from '../../shared/search/forecast/studyLeft.ts';
import { uniformRanks } from '../../shared/search/rankSpace.ts';
import { runStudy, type StudyEvent, type StudyPhase } from '../../shared/search/runStudy.ts';
import {
  openStudyReader,
  STUDY_VERSION,
  type StudyHeader,
  type StudyJournal,
  type StudyReader,
  studyHistory,
} from '../../shared/search/studyJournal.ts';
import { type StudySummary, summariseStudy } from '../../shared/search/summariseStudy.ts';
import type { HistoryRecord } from '../../shared/history/record.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { parseDuration } from '../../shared/study/parseDuration.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import type { CommandContext } from '../commandContext.ts';
import { lockFolder } from '../folderLock.ts';
import type { OpenHistory } from '../../shared/history/openHistory.ts';
import { openHistory } from '../historyFile.ts';
import { noteOtherEngine } from '../noteOtherEngine.ts';
import { packageVersion } from '../packageVersion.mjs';
import { STUDY_FILES, writeFolder } from '../runFolder.ts';
import { dropCheckpoints, keepCheckpointsOf } from './checkpointFolders.ts';
import type { Beginning } from './beginStudy.ts';
import type { OpenStudy } from './openStudy.ts';
import type { StudyTrainer } from './openTrainer.ts';
import { clearStopRequest, isStopRequested, watchForLeaving } from './stopRequest.ts';
import { createStudyReporter, type StudyReporter } from './studyReporter.ts';
import { curveNews } from './trainingExecutor.ts';
import { writeReport, writeTables } from './writeReport.ts';
import { writeBest } from './writeStudy.ts';

/** How a session at a study ended. */
export interface SearchEnd {
  readonly journal: StudyJournal;
  readonly summary: StudySummary;
  /** Whether Ctrl-C or SIGTERM ended it before the study's end. */
  readonly interrupted: boolean;
}

/**
 * Runs a study in its folder, from where its journal ends to the study's own end or to Ctrl-C. Each thing that happens is
 * a record before anything is made of it; best/, the report and the table of trials follow from the records after every trial.
 */
export async function runSearch(
  context: CommandContext,
  study: OpenStudy,
  trainer: StudyTrainer,
  beginning: Pick<Beginning, 'startedAt' | 'forecast'> | null,
): Promise<SearchEnd> {
  const { folder } = study;
  const { interruption } = context;
  const lock = await lockFolder(folder);
  try {
    const file = await openHistory(join(folder, STUDY_FILES.journal));
    const session = createSession({ context, study, trainer, beginning }, file, () => lock.check());
    // Of somebody who asked an earlier process.
    await clearStopRequest(folder, 'stopStudy');
    interruption.saveFirst((line) => session.reporter.note(line));
    const endWatch = watchForLeaving(folder, () => interruption.ask());
    try {
      const interrupted = await work(session);
      if (!interrupted) await rm(join(folder, STUDY_FILES.running), { recursive: true, force: true });
      const journal = session.journal();
      const summary = summariseStudy(journal, study.strategy);
      await writeReport(folder, { journal, summary, textOf: textOf(study) });
      return { journal, summary, interrupted };
    } finally {
      endWatch();
      session.reporter.end();
      await file.close();
      await clearStopRequest(folder, 'stopStudy');
    }
  } finally {
    await lock.release();
  }
}

interface Workplace {
  readonly context: CommandContext;
  readonly study: OpenStudy;
  readonly trainer: StudyTrainer;
  /** null for a study that is gone on with. */
  readonly beginning: Pick<Beginning, 'startedAt' | 'forecast'> | null;
}

/** One process's work at a study. */
interface Session extends Workplace {
  readonly reporter: StudyReporter;
  /** All records, those of earlier sessions too, as the study they make. */
  readonly journal: () => StudyJournal;
  /** How long processes have worked at the study, all together. */
  readonly elapsedSeconds: () => number;
  /** Adds a record, with the time so far. */
  readonly append: (record: HistoryRecord) => Promise<void>;
}

function createSession(
  workplace: Workplace,
  file: OpenHistory,
  checkLock: () => void,
): Session & { readonly began: readonly HistoryRecord[] } {
  const { context, study, beginning } = workplace;
  const name = join(study.folder, STUDY_FILES.journal);
  let reader: StudyReader | null = file.records.length > 0 ? openStudyReader(file.records, name, file.problems) : null;
  const before = reader?.journal();
  for (const problem of before?.problems ?? []) context.note(`note: ${name}: ${problem}`);
  const startedAt = beginning?.startedAt ?? performance.now();
  const elapsedSeconds = () => (before?.elapsedSeconds ?? 0) + (performance.now() - startedAt) / 1000;
  return {
    ...workplace,
    began: file.records,
    reporter: createStudyReporter(context, study),
    journal() {
      if (reader === null) throw new DarseError('internal', `${name} has no header yet`);
      return reader.journal();
    },
    elapsedSeconds,
    async append(record) {
      checkLock();
      const timed = { ...record, elapsedSeconds: elapsedSeconds() };
      await file.append(timed);
      if (reader) reader.add(timed);
      else reader = openStudyReader([timed], name);
    },
  };
}

/** Goes on with the study; whether it was interrupted. */
async function work(session: Session & { readonly began: readonly HistoryRecord[] }): Promise<boolean> {
  const { context, study, trainer, beginning, reporter, began } = session;
  const { space, strategy, settings, folder } = study;
  const { engine, parallel } = trainer;
  if (beginning && began.length > 0) {
    throw new DarseError(
      'usage',
      `${folder} holds a study that was begun meanwhile: go on with npx darse resume ${folder}`,
    );
  }
  if (began.length === 0) await session.append({ ...headerOf(study) });
  else noteOtherEngine(context, engine, began);
  if (beginning?.forecast) await session.append({ kind: 'forecast', ...beginning.forecast });
  await writeFolder(folder, new Map([[STUDY_FILES.split, study.split.splitText]]));
  await session.append({ kind: 'session', darse: packageVersion(), engine, parallel });
  const journal = session.journal();
  if (journal.end) await clearStopRequest(folder, 'stopSearch');
  await keepCheckpointsOf(folder, journal.running);
  reporter.begin();
  const keepBest = createBestKeeper(session);
  await keepBest();
  const begun = new Set(journal.running.map(({ trial }) => trial));
  const loop = runStudy({
    space,
    strategy,
    seed: settings.seed,
    executor: trainer.executor,
    parallel,
    limits: settings.trials === null ? {} : { trials: settings.trials },
    pruning: { pruner: study.pruner, curveNews },
    fairRate: settings.lrFair ? study.specOf({ ranks: uniformRanks(space, 0) }).learningRate : null,
    confirmation: study.data.test.length > 0 ? confirmationOptions(settings) : null,
    halt: (next, phase) => haltOf(session, next, phase, begun),
    history: studyHistory(journal),
  });
  for await (const event of loop) {
    if (!(await take(session, event))) return true;
    if (event.kind === 'trial') await keepBest(event.trial);
  }
  await keepBest();
  return false;
}

/** Records and shows an event; false where the study is to be left here. */
async function take(
  { context, study, reporter, journal, append }: Session,
  event: StudyEvent<StudyTrialEvent>,
): Promise<boolean> {
  switch (event.kind) {
    case 'trialStarted': {
      // Its executor gives it back at once.
      if (context.interruption.asked.aborted) return true;
      const { number: trial, ranks } = event.trial;
      await append({ ...event.trial, kind: 'trialStarted', trial, ranks });
      reporter.started(event.trial, leftOf(journal()));
      return true;
    }
    case 'progress': {
      const { number: trial } = event.trial;
      reporter.event(trial, event.event);
      if (NOTEWORTHY.has(event.event.kind)) await append({ ...event.event, trial });
      return true;
    }
    case 'left':
      return false;
    case 'end':
      await append({ ...event });
      await clearStopRequest(study.folder, 'stopSearch');
      reporter.record(event);
      return true;
    case 'rate':
    case 'trial':
    case 'confirmation':
      await append({ ...event });
      await dropCheckpoints(study.folder, event.trial);
      reporter.record(event);
      return true;
    case 'rateRule':
    case 'confirmationPlan':
    case 'confirmationEnd':
      await append({ ...event });
      reporter.record(event);
      return true;
    default:
      throw new RangeError(`unknown event ${JSON.stringify(event satisfies never)}`);
  }
}

/** The events of a trial that its study keeps. */
const NOTEWORTHY: ReadonlySet<StudyTrialEvent['kind']> = new Set([
  'started',
  'epoch',
  'stoppedEarly',
  'testLook',
  'problem',
  'interrupted',
]);

/** Brings best/, the report and the table of trials up to the records, and tells of the trial that has just ended. */
function createBestKeeper({ study, reporter, journal }: Session): (ended?: number) => Promise<void> {
  let written: string | null = null;
  return async (ended) => {
    const now = journal();
    const summary = summariseStudy(now, study.strategy);
    const { best, verdict } = summary;
    const trial = now.trials.find((candidate) => candidate.trial === ended);
    if (trial) reporter.ended(trial, best?.trial === ended);
    const state = best && `${best.trial}, ${now.confirmation?.end ? 'confirmed' : 'found'}`;
    if (best && state !== written) await writeBest(study, now, best, verdict);
    written = state;
    await writeTables(study.folder, { journal: now, summary, textOf: textOf(study) });
  };
}

/** The texts of the rows that a report shows. */
function textOf({ split }: OpenStudy): (id: string) => string | undefined {
  const texts = new Map(split.parts.validation.map(({ id, text }) => [id, text]));
  return (id) => texts.get(id);
}

/** What the study still takes, the trainings that run now included. */
function leftOf(journal: StudyJournal): Range | null {
  const left = studyLeft(journal);
  return left && sumOf(Object.values(left));
}

/**
 * Why a phase of the study must end before its next training: somebody asked its search to, which holds back none that an earlier process
 * has `begun`; or the training would end after `--time`, were it to take as long as the longest so far. The search leaves the confirmation its time.
 */
function haltOf(
  { study, trainer, journal, elapsedSeconds }: Session,
  next: Trial,
  phase: StudyPhase,
  begun: ReadonlySet<number>,
): 'stopped' | 'time' | null {
  const { time } = study.settings;
  const isAsked = phase !== 'confirmation' && isStopRequested(study.folder, 'stopSearch');
  if (isAsked && !begun.has(next.number)) return 'stopped';
  if (time === null) return null;
  const now = journal();
  const { rates, trials, confirmation } = now;
  const seconds = [...rates, ...trials, ...(confirmation?.trials ?? [])].map((trial) =>
    trial.status === 'finished' ? trial.facts.seconds : 0,
  );
  const arms = phase === 'confirmation' && confirmation ? confirmationArms(confirmation.plan).length : 1;
  const rounds = Math.ceil(arms / trainer.parallel);
  const reserved = phase === 'confirmation' ? 0 : (studyLeft(now)?.confirmation.middle ?? 0);
  const endsAt = elapsedSeconds() + rounds * Math.max(0, ...seconds) + reserved;
  return endsAt > parseDuration('--time', time) ? 'time' : null;
}

function headerOf({ settings, reproduces, space, split, model, data, key, ground }: OpenStudy): StudyHeader {
  const { groups, allowed, budget } = space;
  const { train, validation, test } = split.parts;
  return {
    kind: 'study',
    version: STUDY_VERSION,
    darse: packageVersion(),
    key,
    ground,
    settings,
    dataName: basename(split.dataSet.name),
    modelName: model.folder.name,
    rows: { train: train.length, validation: validation.length, test: test.length },
    space: {
      groups: groups.map(({ name, modules, unitCost }) => ({ name, modules: [...modules], unitCost })),
      allowed: [...allowed],
      budget: Number.isFinite(budget) ? budget : null,
    },
    ...(reproduces && { reproduces }),
    trivial: trivialPredictor(data.train, data.validation).metrics,
  };
}
