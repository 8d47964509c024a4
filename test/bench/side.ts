import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { PYTHON } from '../support/peerPython.ts';
import type { EngineName } from '../../shared/engines/engine.ts';
import { type Opened, OpenedSchema, parseAnswer, type StepTimes, StepTimesSchema } from './protocol.ts';
import { configJson, HEAD_WIDTH, RANK, type Work } from './work.ts';

/** One side of a comparison: a process of its own that idles between requests. */
export interface Side {
  readonly opened: Opened;
  steps(count: number): Promise<StepTimes>;
  close(): void;
}

/** How a work is run, on every side alike. */
export interface Conditions {
  /** Processor threads; null leaves every side its own choice. */
  readonly threads: number | null;
  /** Holds a checkpoint to load; null: random weights. */
  readonly folder: string | null;
}

/** Starts PyTorch + PEFT or one of our engines on a work; throws where it does not run here. */
export async function openSide(name: EngineName | 'pytorch', work: Work, conditions: Conditions): Promise<Side> {
  const [command, args] =
    name === 'pytorch'
      ? [PYTHON, [join(import.meta.dirname, 'peer_step.py')]]
      : [process.execPath, [join(import.meta.dirname, 'bench.mjs'), 'serve', '--engine', name]];
  const ask = startProcess(command, args);
  const { batch, tokens, pooling, dropout } = work;
  const shape = { batch, tokens, pooling, dropout, rank: RANK, headWidth: HEAD_WIDTH };
  try {
    const line = await ask({ config: configJson(work), ...shape, ...conditions });
    const opened = parseAnswer(OpenedSchema, line);
    return {
      opened,
      steps: async (count) => parseAnswer(StepTimesSchema, await ask({ steps: count })),
      close: () => ask.end(),
    };
  } catch (error) {
    ask.end();
    throw error;
  }
}

/** A process that answers lines; where it ends instead, the question fails with what it wrote to standard error. */
function startProcess(command: string, args: readonly string[]) {
  const child = spawn(command, args, { env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' } });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-2000);
  });
  child.on('error', (error) => {
    complaint = error.message;
  });
  // A process that is gone is told of by its missing answer.
  child.stdin.on('error', () => undefined);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (request: unknown): Promise<string> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { done, value } = await lines.next();
    if (done === true) throw new Error(`${command} ended: ${complaint.trim()}`);
    return value;
  };
  return Object.assign(ask, { end: () => child.stdin.end() });
}
