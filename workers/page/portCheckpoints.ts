import type { CheckpointStore } from '../../shared/trial/checkpointedTrial.ts';
import { slotCheckpoints } from '../../shared/trial/slotCheckpoints.ts';
import { memorySource } from './memorySource.ts';
import type { FromService, KeptCheckpoints } from './trainingMessages.ts';

/** Checkpoints of a trial that the page keeps: those it has are `kept`, new ones go through the port, each answered when it is kept. */
export function portCheckpoints(port: MessagePort, kept: KeptCheckpoints, trial: string): CheckpointStore {
  let written = () => {};
  port.addEventListener('message', () => written());
  port.start();
  return slotCheckpoints(
    {
      async read(slot, use) {
        const bytes = kept[slot];
        return bytes && use(memorySource(`checkpoint ${slot + 1}`, bytes));
      },
      async write(slot, encoded) {
        const bytes = new Uint8Array(encoded);
        const answered = new Promise<void>((resolve) => {
          written = resolve;
        });
        port.postMessage({ kind: 'checkpoint', slot, bytes } satisfies FromService, [bytes.buffer]);
        await answered;
      },
    },
    trial,
  );
}
