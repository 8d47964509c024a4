import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type HistoryRecord, parseHistory } from '../../shared/history/record.ts';
import { csvOf, folderHashes, temporaryFolder, tinyExamples, writeTinyModel } from './cliFixture.ts';
import { type StartedCli, startCli } from './runCli.ts';

/** What the tests of studies train on, and trainings of 30 steps each, so that signals hit the middle. */
export const STUDY_DATA = ['--data', 'texts.csv', '--model', 'model', '--engine', 'onnx'];
export const STUDY_TRAINING = ['--batch', '8', '--epochs', '2'];
/** Six trainings for the search and some for its confirmation. */
const SEARCH = ['--groups', '2', '--allowed', '2,4,8', '--budget', '6r', '--confirm-seeds', '5'];
export const STUDY_FLAGS = [...STUDY_DATA, ...SEARCH, ...STUDY_TRAINING];
/** Longer than any of these studies takes on a busy machine. */
export const PATIENCE_MS = 600_000;

/** A folder with the tiny model and 150 texts, and how to look into the studies made there. */
export function studyFixture() {
  const folder = temporaryFolder();
  const journalPath = (study: string): string => join(folder, study, 'study.jsonl');
  const journal = (study: string): readonly HistoryRecord[] =>
    existsSync(journalPath(study)) ? parseHistory(readFileSync(journalPath(study), 'utf8')).records : [];
  return {
    folder,
    journalPath,
    journal,
    /** Called before the first command. */
    prepare: () => {
      writeTinyModel(join(folder, 'model'));
      writeFileSync(join(folder, 'texts.csv'), csvOf(tinyExamples(150)));
    },
    start: (...args: string[]): StartedCli => startCli(args, { cwd: folder }),
    /** The trainings that ended, without what a clock or an interruption leaves in them. */
    finishedTrials: (study: string): { readonly kind: string; readonly trial: number }[] => {
      const volatile = new Set(['elapsedSeconds', 'seconds', 'peakMemoryBytes', 'resumedFromStep']);
      return journal(study)
        .filter(({ kind }) => kind === 'trial' || kind === 'confirmation')
        .map((record) => JSON.parse(JSON.stringify(record, (name, value) => (volatile.has(name) ? undefined : value))));
    },
    /** SHA-256 of every file of adapters/ and best/. */
    adapterHashes: (study: string): object =>
      ['adapters', 'best'].map((name) => folderHashes(join(folder, study, name))),
    /** Until the journal holds `count` records more than it did, or the command has ended. */
    untilRecords: async (study: string, count: number, { child }: StartedCli): Promise<void> => {
      const before = journal(study).length;
      while (journal(study).length < before + count && child.exitCode === null && child.signalCode === null)
        await wait(10);
    },
  };
}
