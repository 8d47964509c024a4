import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpointedTrial.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpointFile.ts';

export type Slot = 0 | 1;

/** Two places for a trial's checkpoints, written in turn, so that one is always whole. */
export interface CheckpointSlots {
  /** What a slot holds, handed to `use`; undefined where it is empty. */
  read<Result>(slot: Slot, use: (source: ByteSource) => Promise<Result>): Promise<Result | undefined>;
  /** Whole or not at all. */
  write(slot: Slot, bytes: Uint8Array): Promise<void>;
}

/** A trial's checkpoints in two slots. Until `newest` has been asked both count as empty. */
export function slotCheckpoints(slots: CheckpointSlots, trial: string): CheckpointStore {
  let next: Slot = 0;
  return {
    async newest() {
      let newest: Checkpoint | undefined;
      const problems: string[] = [];
      for (const slot of [0, 1] as const) {
        try {
          const found = await slots.read(slot, (source) => decodeCheckpoint(source, trial));
          if (!found || (newest && newest.step >= found.step)) continue;
          newest = found;
          next = other(slot);
        } catch (error) {
          if (!(error instanceof DarseError)) throw error;
          problems.push(error.message);
        }
      }
      return { checkpoint: newest, problems };
    },
    async write(checkpoint) {
      await slots.write(next, encodeCheckpoint(checkpoint, trial));
      next = other(next);
    },
  };
}

function other(slot: Slot): Slot {
  return slot === 0 ? 1 : 0;
}
