import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const DARSE = join(import.meta.dirname, '..', '..', 'node', 'darse.mjs');

/** How a command of the command line ended and what it wrote. */
export interface CliRun {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `darse` with these arguments in a process of its own, as a user's shell does. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return startCli(args, options).ended;
}

/** A running command; `child` takes signals. */
export interface StartedCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliRun>;
}

export function startCli(args: readonly string[], { cwd, env }: CliOptions = {}): StartedCli {
  const child = spawn(process.execPath, [DARSE, ...args], { cwd, env: { ...process.env, DARSE_DEBUG: '', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end();
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}
