import type { Wish } from './trainingMessages.ts';

/** What a user wished of the training that runs, and what its loop asks of that. */
export interface Pausing {
  hear(wish: Wish): void;
  readonly stop: AbortSignal;
  /** Whether to save now, because a pause is wished. */
  saveNow(): boolean;
  /** Holds the training, once saved, until it is to go on or to stop. */
  held(): Promise<void>;
}

/** `onHeld` hears when a pause begins. */
export function createPausing(onHeld: () => void): Pausing {
  const stopping = new AbortController();
  let paused = false;
  let goOn = () => {};
  return {
    hear(wish) {
      paused = wish === 'pause';
      if (wish === 'stop') stopping.abort();
      if (!paused) goOn();
    },
    stop: stopping.signal,
    saveNow: () => paused,
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
