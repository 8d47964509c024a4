import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { STUDY_FILES } from '../runFolder.ts';
import { writeFileAtomically } from '../writeFileAtomically.ts';

/** What `darse stop` asks of the process that works at a study, wherever the folder they share brings it: leave the study, or end its search. */
export type StopRequest = 'stopStudy' | 'stopSearch';

const LOOK_EVERY_MS = 500;

/** Leaves a request in a study's folder. */
export function requestStop(folder: string, request: StopRequest): Promise<void> {
  return writeFileAtomically(join(folder, STUDY_FILES[request]), `asked by process ${process.pid}\n`);
}

export function isStopRequested(folder: string, request: StopRequest): boolean {
  return existsSync(join(folder, STUDY_FILES[request]));
}

/** Takes a request away: it was honoured, or there is nothing left to stop. */
export function clearStopRequest(folder: string, request: StopRequest): Promise<void> {
  return rm(join(folder, STUDY_FILES[request]), { force: true });
}

/** Calls `leave` while a process is asked to leave the study; the function ends the watch. */
export function watchForLeaving(folder: string, leave: () => void): () => void {
  const timer = setInterval(() => {
    if (isStopRequested(folder, 'stopStudy')) leave();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}
