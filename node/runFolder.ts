import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DarseError } from '../shared/study/darseError.ts';
import type { CheckpointStore } from '../shared/trial/checkpointedTrial.ts';
import { slotCheckpoints } from '../shared/trial/slotCheckpoints.ts';
import { fileProblem, openFileSource } from './fileSource.ts';
import { LOCK_FILE } from './folderLock.ts';
import { makeFolder } from './makeFolder.ts';
import { isTemporary, writeFileAtomically } from './writeFileAtomically.ts';

/** Files of a run's folder. */
export const RUN_FILES = {
  /** Settings, model and key: what `--resume` starts from. */
  run: 'run.json',
  split: 'split.json',
  history: 'history.jsonl',
  result: 'result.json',
  adapter: 'adapter',
  card: 'model-card.md',
} as const;

/** Files of a study's folder. */
export const STUDY_FILES = {
  /** Every record of the study: all else but the adapters follows from it. */
  journal: 'study.jsonl',
  split: 'split.json',
  /** What each finished trial trained, as one file. */
  adapters: 'adapters',
  /** Checkpoints of the trial that runs. */
  running: 'running',
  best: 'best',
  csv: 'trials.csv',
  report: 'report.md',
  page: 'report.html',
  /** Requests to whoever works at the study: leave it; end its search. */
  stopStudy: '.stop',
  stopSearch: '.stop-search',
  /** Of a study that reproduces an experiment: its tables in the paper's layout. */
  paperTables: 'tables.md',
  paperCsv: 'tables.csv',
  /** Of a smoke run: the texts and the encoder that it made up. */
  smoke: '.smoke',
} as const;

const CHECKPOINT_SLOTS = ['checkpoint-0.safetensors', 'checkpoint-1.safetensors'] as const;

/** What a folder may hold of a run or study that has not begun, beside temporary files of an ended process. */
const MADE_ANEW: ReadonlySet<string> = new Set([LOCK_FILE, STUDY_FILES.smoke]);

/** Refuses a folder that holds anything, so that nothing is overwritten; one that is not there yet is fine. */
export async function checkNewFolder(path: string): Promise<void> {
  const present = await readdir(path).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return [];
    throw new DarseError('file', `cannot use ${path} as a folder: ${fileProblem(cause)}`, { cause });
  });
  const found = present.filter((name) => !MADE_ANEW.has(name) && !isTemporary(name));
  if (found.includes(STUDY_FILES.journal)) {
    throw new DarseError(
      'usage',
      `${path} holds a study: go on with npx darse resume ${path}, or take another folder for --out`,
    );
  }
  if (found.includes(RUN_FILES.result)) {
    throw new DarseError('usage', `${path} holds a finished run: take another folder for --out`);
  }
  if (found.includes(RUN_FILES.run)) {
    throw new DarseError(
      'usage',
      `${path} holds an unfinished run: go on with --resume ${path}, or take another folder for --out`,
    );
  }
  if (found.length > 0) throw new DarseError('usage', `${path} is not empty: take another folder for --out`);
}

/** Whether the run in a folder was trained to its end and its files are all written. */
export async function isFinished(path: string): Promise<boolean> {
  // Written last, and whole or not at all.
  return (await readdir(path)).includes(RUN_FILES.result);
}

/** The checkpoints of a trial in its folder, which is there. */
export function folderCheckpoints(path: string, trial: string): CheckpointStore {
  return slotCheckpoints(
    {
      async read(slot, use) {
        const name = CHECKPOINT_SLOTS[slot];
        if (!(await readdir(path)).includes(name)) return undefined;
        const source = await openFileSource(join(path, name));
        try {
          return await use(source);
        } finally {
          await source.close();
        }
      },
      write: (slot, bytes) => writeFileAtomically(join(path, CHECKPOINT_SLOTS[slot]), bytes),
    },
    trial,
  );
}

/** Removes the checkpoints of a trial that has ended. */
export async function dropCheckpointFiles(path: string): Promise<void> {
  for (const name of CHECKPOINT_SLOTS) await rm(join(path, name), { force: true });
}

/** Writes named files into a folder, which is made where it is not there. */
export async function writeFolder(path: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  await makeFolder(path);
  for (const [name, content] of files) await writeFileAtomically(join(path, name), content);
}
