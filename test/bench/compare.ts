import { median } from '../../node/engines/median.ts';
import type { EngineName } from '../../shared/engines/engine.ts';
import { openSide, type Side } from './side.ts';
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
}

/** An engine beside PyTorch + PEFT; null where PyTorch is missing. */
export interface Row {
  readonly work: string;
  readonly engine: EngineName;
  readonly ms: number;
  readonly peerMs: number | null;
  readonly ratio: number | null;
  /** Of processor time, which other programs change less. */
  readonly cpuRatio: number | null;
  readonly ours: Measured;
  readonly peer: Measured | null;
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** By name, what each side runs on: versions, device, threads. */
  readonly about: ReadonlyMap<string, string>;
  /** Engines that do not run here, with the reason. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Times a work on PyTorch (where `withPeer`) and on engines in turns. `folder` holds the checkpoint; without it weights are random. */
export async function compare(
  work: Work,
  engines: readonly EngineName[],
  withPeer: boolean,
  folder: string | null = null,
): Promise<Comparison> {
  const peers: Side[] = [];
  const sides = new Map<EngineName, Side>();
  const missing = new Map<string, string>();
  try {
    if (withPeer) peers.push(await openSide('pytorch', work, folder));
    for (const engine of engines) {
      try {
        sides.set(engine, await openSide(engine, work, folder));
      } catch (error) {
        missing.set(engine, error instanceof Error ? error.message : String(error));
      }
    }
    const all = [...peers, ...sides.values()];
    const times = await takeTurns(all);
    const measured = new Map(
      all.map((side, i): [Side, Measured] => {
        const { ms = [], cpuMs = [], peakMiB = Number.NaN } = times[i] ?? {};
        const { loadSeconds, importMiB } = side.opened;
        return [side, { ms: median(ms), cpuMs: median(cpuMs), steps: ms.length, loadSeconds, peakMiB, importMiB }];
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
    ...{ work, engine, ms: ours.ms, peerMs: peer?.ms ?? null },
    ratio: peer && ours.ms / peer.ms,
    cpuRatio: peer && ours.cpuMs / peer.cpuMs,
    ...{ ours, peer },
  };
}
