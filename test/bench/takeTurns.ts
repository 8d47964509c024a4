import { cpus } from 'node:os';
import type { StepTimes } from './protocol.ts';
import type { Side } from './side.ts';

const ROUNDS = 3;
/** What a turn should take; it has between LEAST and MOST timed steps, after one that does not count. */
const TURN_MS = 2000;
const LEAST = 2;
const MOST = 10;

export interface Turns extends StepTimes {
  /** The most of the machine that other programs took in any turn, 0 to 1. */
  readonly othersShare: number;
}

/** Times the sides in turns, so that a change of the machine's load meets all of them; while one computes, the others wait. */
export async function takeTurns(sides: readonly Side[]): Promise<Turns[]> {
  const turns: { side: Side; steps: number; times: Turns }[] = [];
  for (const side of sides) {
    const [, warm = TURN_MS] = (await side.steps(2)).ms;
    const steps = Math.min(MOST, Math.max(LEAST, Math.round(TURN_MS / warm)));
    turns.push({ side, steps, times: { ms: [], cpuMs: [], peakMiB: 0, othersShare: 0 } });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const turn of turns) {
      const startedAt = performance.now();
      const busyBefore = busyMs();
      const { ms, cpuMs, peakMiB } = await turn.side.steps(1 + turn.steps);
      const othersMs = busyMs() - busyBefore - cpuMs.reduce((sum, step) => sum + step, 0);
      const share = othersMs / ((performance.now() - startedAt) * cpus().length);
      const { times } = turn;
      turn.times = {
        ms: [...times.ms, ...ms.slice(1)],
        cpuMs: [...times.cpuMs, ...cpuMs.slice(1)],
        peakMiB,
        othersShare: Math.max(times.othersShare, share),
      };
    }
  }
  return turns.map(({ times }) => times);
}

/** Processor time that everything on this machine has used. */
export function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
