import { spawn } from 'node:child_process';
import { DarseError } from '../../shared/study/darseError.ts';

/** What a program says on standard output; a failure is an `engine` error with the end of what it said on standard error. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-4000);
    });
    child.on('error', (cause) =>
      reject(new DarseError('engine', `cannot start ${command}: ${cause.message}`, { cause })),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new DarseError(
            'engine',
            commandProblem(command, code === null ? `signal ${signal}` : `exit ${code}`, complaints),
          ),
        );
    });
  });
}

const NETWORK_WORDS =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|name resolution|NewConnectionError|Connection refused|network is unreachable|ProxyError|SSLError/i;

/** The failure of a step in words: its end, and what to do where the cause is known. */
export function commandProblem(command: string, ending: string, complaints: string): string {
  const lines = complaints.trim().split('\n').slice(-25).join('\n');
  const advice = NETWORK_WORDS.test(complaints)
    ? 'the package registry cannot be reached: go online, or set HTTPS_PROXY, npm_config_registry and PIP_INDEX_URL to what works in your network; then run the same command again'
    : /No space left|ENOSPC/i.test(complaints)
      ? 'the disk is full: free some room, or set DARSE_TENSORFLOW_DIR to a folder on another disk'
      : 'run the same command again once this is mended; it goes on where it stood';
  return `${command} failed (${ending}); ${advice}\n${lines}`;
}
