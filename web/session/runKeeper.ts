import type { OpenHistory } from '../../shared/history/openHistory.ts';
import type { TrialRecord } from '../../shared/history/trialRecord.ts';
import type { Slot } from '../../shared/trial/slotCheckpoints.ts';
import type { KeptCheckpoints, TrainingEnd } from '../../workers/page/trainingMessages.ts';
import type { StoredRun } from '../storage/pageDatabase.ts';
import type { RunStore } from '../storage/runStore.ts';

/** Keeps one training as it goes: in memory always, so that no trouble with the storage ends it, and in the store where there is one. */
export interface RunKeeper {
  /** The stored run; null where it is in memory alone. */
  readonly run: StoredRun | null;
  checkpoints(): KeptCheckpoints;
  record(record: TrialRecord): void;
  keep(slot: Slot, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  finish(end: Extract<TrainingEnd, { kind: 'finished' }>): Promise<void>;
  /** Fulfilled when all that was recorded is stored or has failed. */
  settled(): Promise<void>;
}

export interface KeptRun {
  readonly store: RunStore;
  readonly run: StoredRun;
  readonly history: OpenHistory;
  readonly checkpoints: KeptCheckpoints;
}

/** `onTrouble` hears why something could not be stored. */
export function createRunKeeper(kept: KeptRun | null, onTrouble: (error: unknown) => void): RunKeeper {
  const slots: [Uint8Array<ArrayBuffer> | undefined, Uint8Array<ArrayBuffer> | undefined] = [
    ...(kept?.checkpoints ?? ([undefined, undefined] as const)),
  ];
  let stored: Promise<void> = Promise.resolve();
  const store = (write: (target: KeptRun) => Promise<void>) => {
    if (kept) stored = Promise.all([stored, write(kept).catch(onTrouble)]).then(() => undefined);
    return stored;
  };
  return {
    run: kept?.run ?? null,
    checkpoints: () => [slots[0], slots[1]],
    record: (record) => void store((target) => target.history.append({ ...record })),
    keep(slot, bytes) {
      slots[slot] = bytes;
      return store((target) => target.store.keepCheckpoint(target.run.id, slot, bytes));
    },
    finish: (end) => store((target) => target.store.finish(target.run.id, end)),
    settled: () => stored,
  };
}
