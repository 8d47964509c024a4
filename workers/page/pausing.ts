import type { Wish } from './trainingMessages.ts';

/** What a user wished of the training that runs, and what its loop asks of that. */
export interface Pausing {
  hear(wish: Wish): void;
  readonly stop: AbortSignal;
  /** Whether to save now: a pause is wished, or a save since the last question. */
  saveNow(): boolean;
  /** Holds the training, once saved, until it is to go on or to stop. */
  held(): Promise<void>;
}

/** `onHeld` hears when a pause begins. */
export function createPausing(onHeld: () => void): Pausing {
  const stopping = new AbortController();
  let paused = false;
  let saving = false;
  let goOn = () => {};
  return {
    hear(wish) {
      if (wish === 'save') {
        saving = true;
        return;
      }
      paused = wish === 'pause';
      if (wish === 'stop') stopping.abort();
      if (!paused) goOn();
    },
    stop: stopping.signal,
    saveNow() {
      const now = paused || saving;
      saving = false;
      return now;
    },
    async held() {
      if (!paused) return;
      const resumed = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      onHeld();
      await resumed;
    },
  };
}
