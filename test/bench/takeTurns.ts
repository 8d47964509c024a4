import type { StepTimes } from './protocol.ts';
import type { Side } from './side.ts';

const ROUNDS = 3;
/** What a turn should take; it has between LEAST and MOST timed steps, after one that does not count. */
const TURN_MS = 2000;
const LEAST = 2;
const MOST = 10;

/** Times the sides in turns, so that a change of the machine's load meets all of them; while one computes, the others wait. */
export async function takeTurns(sides: readonly Side[]): Promise<StepTimes[]> {
  const turns: { side: Side; steps: number; all: { ms: number[]; cpuMs: number[]; peakMiB: number } }[] = [];
  for (const side of sides) {
    const [, warm = TURN_MS] = (await side.steps(2)).ms;
    const steps = Math.min(MOST, Math.max(LEAST, Math.round(TURN_MS / warm)));
    turns.push({ side, steps, all: { ms: [], cpuMs: [], peakMiB: 0 } });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { side, steps, all } of turns) {
      const { ms, cpuMs, peakMiB } = await side.steps(1 + steps);
      all.ms.push(...ms.slice(1));
      all.cpuMs.push(...cpuMs.slice(1));
      all.peakMiB = peakMiB;
    }
  }
  return turns.map(({ all }) => all);
}
