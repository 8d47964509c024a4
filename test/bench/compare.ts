import { median } from '../../shared/study/median.ts';
import type { EngineName } from '../../shared/engines/engine.ts';
import { type Conditions, openSide, type Side } from './side.ts';
import { takeTurns } from './takeTurns.ts';
import { type Work, workName } from './work.ts';

/** A side on a work, in a process of its own. */
export interface Measured {
  /** Medians over the timed steps. */
  readonly ms: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
  /** How many steps were timed. */
  readonly steps: number;
  readonly loadSeconds: number;
  /** Most memory held, and what of it the libraries alone hold. */
  readonly peakMiB: number;
  readonly importMiB: number;
  /** Share of the machine that other programs took meanwhile: the most of any turn, 0 to 1. */
  readonly othersShare: number;
}

/** An engine beside PyTorch + PEFT; null where PyTorch is missing. */
export interface Row {
  readonly work: string;
  readonly engine: EngineName;
  readonly ms: number;
  readonly peerMs: number | null;
  readonly ratio: number | null;
  /** Of processor time. Threads that wait for one another awake, as PyTorch's do, use more of it on a busy machine. */
  readonly cpuRatio: number | null;
  readonly ours: Measured;
  readonly peer: Measured | null;
  /** Whether other programs took so much of the machine that times of more than one thread mean nothing. */
  readonly disturbed: boolean;
}

/** `othersShare` above which a row counts as disturbed. */
export const MOST_OTHERS = 0.05;

export interface Comparison {
  readonly rows: readonly Row[];
  /** By name, what each side runs on: versions, device, threads. */
  readonly about: ReadonlyMap<string, string>;
  /** Engines that do not run here, with the reason. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Times a work on PyTorch (where `withPeer`) and on engines in turns. */
export async function compare(
  work: Work,
  engines: readonly EngineName[],
  withPeer: boolean,
  conditions: Conditions,
): Promise<Comparison> {
  const peers: Side[] = [];
  const sides = new Map<EngineName, Side>();
  const missing = new Map<string, string>();
  try {
    if (withPeer) peers.push(await openSide('pytorch', work, conditions));
    for (const engine of engines) {
      try {
        sides.set(engine, await openSide(engine, work, conditions));
      } catch (error) {
        missing.set(engine, error instanceof Error ? error.message : String(error));
      }
    }
    const all = [...peers, ...sides.values()];
    const times = await takeTurns(all);
    const measured = new Map(
      all.map((side, i): [Side, Measured] => {
        const { ms = [], cpuMs = [], peakMiB = Number.NaN, othersShare = Number.NaN } = times[i] ?? {};
        const { loadSeconds, importMiB } = side.opened;
        const memory = { peakMiB, importMiB };
        return [side, { ms: median(ms), cpuMs: median(cpuMs), steps: ms.length, loadSeconds, ...memory, othersShare }];
      }),
    );
    const peer = peers.map((side) => measured.get(side))[0] ?? null;
    const rows = [...sides].flatMap(([engine, side]) => {
      const ours = measured.get(side);
      return ours ? [rowOf(workName(work), engine, ours, peer)] : [];
    });
    const named = [...peers.map((side) => ['pytorch', side] as const), ...sides];
    return { rows, missing, about: new Map(named.map(([name, { opened }]) => [name, opened.about])) };
  } finally {
    for (const side of [...peers, ...sides.values()]) side.close();
  }
}

function rowOf(work: string, engine: EngineName, ours: Measured, peer: Measured | null): Row {
  return {
    work,
    engine,
    ms: ours.ms,
    peerMs: peer?.ms ?? null,
    ratio: peer && ours.ms / peer.ms,
    cpuRatio: peer && ours.cpuMs / peer.cpuMs,
    ours,
    peer,
    disturbed: Math.max(ours.othersShare, peer?.othersShare ?? 0) > MOST_OTHERS,
  };
}
