import { execFileSync } from 'node:child_process';

/** The ids of the processes that a process has started and that live. */
export function childProcesses(pid: number | undefined): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([child, parent, state]) => (Number(parent) === pid && !state?.startsWith('Z') ? Number(child) : []));
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
