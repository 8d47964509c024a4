import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { WorkerPort } from '../../workers/trialWorker.ts';

/** A process that runs trials, and its end. */
export interface TrainingProcess extends WorkerPort {
  /** Lets it end, and ends it where it does not. */
  close(): Promise<void>;
}

const PROGRAM = join(import.meta.dirname, 'trainingChild.mjs');
/** How long a process has to end by itself. */
const CLOSING_MS = 5000;
/** How much of what it wrote last is kept, to say why it ended. */
const TAIL_CHARACTERS = 8000;

/** Starts a training process. It ends when this one does, however that ends: by `kill` at exit, or by the channel that closes. */
export function startTrainingProcess(): TrainingProcess {
  const child = fork(PROGRAM, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let written = '';
  const silent = new Promise<void>((resolve) => {
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => {
        written = `${written}${text}`.slice(-TAIL_CHARACTERS);
      })
      .on('end', resolve);
  });
  const gone = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`its process could not be started: ${error.message}`));
    // Not `close`, which never comes after `disconnect`.
    child.on('exit', (code, signal) => {
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      void silent.then(() => {
        const why = lastError(written);
        resolve(`its process ${child.pid} ${how}${why && `: ${why}`}`);
      });
    });
  });
  return {
    // One that is gone is no error here: it is told as lost.
    post: (message) => void child.send(message, () => undefined),
    listen: (heard) => void child.on('message', heard),
    onLost: (lost) => void gone.then(lost),
    kill: () => void child.kill('SIGKILL'),
    async close() {
      if (child.connected) child.disconnect();
      const patience = setTimeout(() => child.kill('SIGKILL'), CLOSING_MS);
      await gone;
      clearTimeout(patience);
    },
  };
}

/** The line of what a process wrote that says most about its end: stacks and versions follow the error. */
function lastError(written: string): string {
  const lines = written.trim().split('\n');
  return (lines.findLast((line) => /^(FATAL ERROR|[A-Za-z]*Error)\b/.test(line)) ?? lines.at(-1) ?? '').trim();
}
