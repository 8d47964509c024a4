import type { CheckpointSlots } from '../../shared/trial/slotCheckpoints.ts';
import { memorySource } from '../../workers/page/memorySource.ts';
import type { RunStore } from './runStore.ts';

/** A run's two places for checkpoints in the page's store. */
export function storedSlots(store: Pick<RunStore, 'checkpoints' | 'keepCheckpoint'>, run: string): CheckpointSlots {
  return {
    async read(slot, use) {
      const bytes = (await store.checkpoints(run))[slot];
      return bytes && use(memorySource(`checkpoint ${slot + 1}`, bytes));
    },
    write: (slot, bytes) => store.keepCheckpoint(run, slot, new Uint8Array(bytes)),
  };
}
