import { DarseError } from '../../shared/study/darseError.ts';
import type { Checkpoint } from '../../shared/trial/checkpoint.ts';
import type { CheckpointStore } from '../../shared/trial/checkpointedTrial.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../shared/trial/checkpointFile.ts';
import { memorySource } from './memorySource.ts';
import type { FromService } from './trainingMessages.ts';

/** Checkpoints of a trial that the page keeps: those it has are `kept`, new ones go through the port, each answered when it is kept. */
export function portCheckpoints(
  port: MessagePort,
  kept: readonly Uint8Array<ArrayBuffer>[],
  trial: string,
): CheckpointStore {
  let written = () => {};
  port.addEventListener('message', () => written());
  port.start();
  return {
    async newest() {
      let newest: Checkpoint | undefined;
      const problems: string[] = [];
      for (const [place, bytes] of kept.entries()) {
        try {
          const found = await decodeCheckpoint(memorySource(`checkpoint ${place + 1}`, bytes), trial);
          if (!newest || found.step > newest.step) newest = found;
        } catch (error) {
          if (!(error instanceof DarseError)) throw error;
          problems.push(error.message);
        }
      }
      return { checkpoint: newest, problems };
    },
    async write(checkpoint) {
      const encoded = encodeCheckpoint(checkpoint, trial);
      const bytes = new Uint8Array(encoded);
      const message: FromService = { kind: 'checkpoint', step: checkpoint.step, bytes };
      const answered = new Promise<void>((resolve) => {
        written = resolve;
      });
      port.postMessage(message, [bytes.buffer]);
      await answered;
    },
  };
}
