import { openPageDatabase } from '../../../web/storage/pageDatabase.ts';
import { createRunStore, type RunStore } from '../../../web/storage/runStore.ts';
import { openStoredHistory } from '../../../web/storage/storedHistory.ts';
import { type CheckpointSlots, slotCheckpoints } from '../../../shared/trial/slotCheckpoints.ts';
import { memorySource } from '../../../workers/page/memorySource.ts';
import { startTrainingWorker } from '../../../web/session/trainingWorker.ts';
import { CHECKPOINT_CONTRACT } from '../../contracts/checkpointContract.ts';
import { HISTORY_CONTRACT } from '../../contracts/historyContract.ts';
import { damagedAfter } from '../../support/damagedAfter.ts';

/** What tests ask of this page: each answers with what went wrong, or with null. */
declare global {
  interface Window {
    runHistoryCase(index: number): Promise<string | null>;
    runCheckpointCase(index: number): Promise<string | null>;
    /** What becomes of a call to the worker of that script: an error's message. */
    callWorker(script: string): Promise<{ readonly rejected: string; readonly lost: string | null }>;
  }
}

const RUN = 'a run';

async function outcome(run: () => Promise<void>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

window.runHistoryCase = (index) =>
  outcome(async () => {
    const database = await openPageDatabase({ name: `history ${index}` });
    await HISTORY_CONTRACT[index]?.run({
      open: () => openStoredHistory(database, RUN),
      async damage(number) {
        const stored = await database.get('lines', [RUN, number]);
        if (stored) await database.put('lines', { ...stored, line: stored.line.replace('kind', 'kimd') });
      },
    });
  });

window.runCheckpointCase = (index) =>
  outcome(async () => {
    const database = await openPageDatabase({ name: `checkpoints ${index}` });
    const store = createRunStore(database, () => new Date());
    await CHECKPOINT_CONTRACT[index]?.run({
      open: (trial) => slotCheckpoints(storedSlots(store, RUN), trial),
      async damageAfter(step) {
        for (const stored of await database.getAll('checkpoints')) {
          await database.put('checkpoints', { ...stored, bytes: new Uint8Array(damagedAfter(stored.bytes, step)) });
        }
      },
      count: () => database.count('checkpoints'),
    });
  });

/** A run's two places for checkpoints in the page's store. */
function storedSlots(store: RunStore, run: string): CheckpointSlots {
  return {
    async read(slot, use) {
      const bytes = (await store.checkpoints(run))[slot];
      return bytes && use(memorySource(`checkpoint ${slot + 1}`, bytes));
    },
    write: (slot, bytes) => store.keepCheckpoint(run, slot, new Uint8Array(bytes)),
  };
}

window.callWorker = async (script) => {
  let lost: string | null = null;
  const worker = startTrainingWorker({
    spawn: () => new Worker(script, { type: 'module' }),
    onLost(reason) {
      lost = reason;
    },
    readySeconds: 4,
    silenceSeconds: 6,
  });
  const rejected = await worker.predict(['a text']).then(
    () => 'it answered',
    (error: unknown) => String(error),
  );
  return { rejected, lost };
};
