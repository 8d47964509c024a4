import { readTrialRecords } from '../../shared/history/readTrialRecords.ts';
import type { OpenHistory } from '../../shared/history/openHistory.ts';
import { NO_PROGRESS, type TrialProgress, withRecords } from '../../shared/history/trialProgress.ts';
import type { OpenedTraining, OpenRequest, TrainingEnd } from '../../workers/page/trainingMessages.ts';
import type { KeptCheckpoints } from '../../workers/page/trainingMessages.ts';
import type { Slot } from '../../shared/trial/slotCheckpoints.ts';
import type { PageDatabase, StoredResult, StoredRun } from './pageDatabase.ts';
import { openStoredHistory } from './storedHistory.ts';

/** A stored training as a list shows it. */
export interface RunSummary {
  readonly run: StoredRun;
  readonly progress: TrialProgress;
  /** What was damaged in its history. */
  readonly problems: readonly string[];
  /** What it takes of the browser's storage: its lines' letters, checkpoints, result, and the file of the user's. */
  readonly bytes: number;
}

/** The trainings that the page keeps. */
export interface RunStore {
  begin(request: OpenRequest, opened: OpenedTraining): Promise<StoredRun>;
  history(run: string): Promise<OpenHistory>;
  checkpoints(run: string): Promise<KeptCheckpoints>;
  keepCheckpoint(run: string, slot: Slot, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Keeps a result and gives up the checkpoints, which nobody needs any more. */
  finish(run: string, end: Extract<TrainingEnd, { kind: 'finished' }>): Promise<void>;
  result(run: string): Promise<StoredResult | undefined>;
  /** The newest first. */
  list(): Promise<readonly RunSummary[]>;
  delete(run: string): Promise<void>;
}

const STRICT = { durability: 'strict' } as const;

/** Trainings in the page's database; `now` tells the time. */
export function createRunStore(database: PageDatabase, now: () => Date): RunStore {
  return {
    async begin(request, opened) {
      const begunAt = now().toISOString();
      const run: StoredRun = { id: `${begunAt} ${opened.header.key}`, request, opened, begunAt };
      const transaction = database.transaction('runs', 'readwrite', STRICT);
      await Promise.all([transaction.store.add(run), transaction.done]);
      return run;
    },
    history: (run) => openStoredHistory(database, run),
    async checkpoints(run) {
      const [first, second] = await Promise.all([
        database.get('checkpoints', [run, 0]),
        database.get('checkpoints', [run, 1]),
      ]);
      return [first?.bytes, second?.bytes];
    },
    async keepCheckpoint(run, slot, bytes) {
      const transaction = database.transaction('checkpoints', 'readwrite', STRICT);
      await Promise.all([transaction.store.put({ run, slot, bytes }), transaction.done]);
    },
    async finish(run, { result, trained }) {
      const transaction = database.transaction(['results', 'checkpoints'], 'readwrite', STRICT);
      await Promise.all([
        transaction.objectStore('results').put({ run, result, trained }),
        transaction.objectStore('checkpoints').delete(slotsOf(run)),
        transaction.done,
      ]);
    },
    result: (run) => database.get('results', run),
    async list() {
      const runs = await database.getAll('runs');
      const summaries = await Promise.all(runs.map((run) => summaryOf(database, run)));
      return summaries.reverse();
    },
    async delete(run) {
      const transaction = database.transaction(['runs', 'lines', 'checkpoints', 'results'], 'readwrite', STRICT);
      await Promise.all([
        transaction.objectStore('runs').delete(run),
        transaction.objectStore('lines').delete(linesOf(run)),
        transaction.objectStore('checkpoints').delete(slotsOf(run)),
        transaction.objectStore('results').delete(run),
        transaction.done,
      ]);
    },
  };
}

async function summaryOf(database: PageDatabase, run: StoredRun): Promise<RunSummary> {
  const { records, problems } = await openStoredHistory(database, run.id);
  const [lines, checkpoints, result] = await Promise.all([
    database.getAll('lines', linesOf(run.id)),
    database.getAll('checkpoints', slotsOf(run.id)),
    database.get('results', run.id),
  ]);
  const ofFile = 'blob' in run.request.data ? run.request.data.blob.size : 0;
  return {
    run,
    progress: withRecords(NO_PROGRESS, readTrialRecords(records)),
    problems,
    bytes:
      ofFile +
      lines.reduce((sum, { line }) => sum + line.length, 0) +
      checkpoints.reduce((sum, { bytes }) => sum + bytes.length, 0) +
      (result ? result.trained.length + JSON.stringify(result.result).length : 0),
  };
}

function linesOf(run: string): IDBKeyRange {
  return IDBKeyRange.bound([run, 0], [run, Number.POSITIVE_INFINITY]);
}

function slotsOf(run: string): IDBKeyRange {
  return IDBKeyRange.bound([run, 0], [run, 1]);
}
