/** Which tab writes: one at a time, the others look on and hear when it has written. */
export interface WritingTab {
  /** Tells other tabs that something was written. */
  announce(): void;
}

export interface WritingTabEvents {
  /** This tab writes from now on: at once, or when the one that wrote is gone. */
  readonly onWriter: () => void;
  /** Another tab writes. */
  readonly onReader: () => void;
  /** Another tab has written. */
  readonly onWritten: () => void;
}

const LOCK = 'darse-writer';
const CHANNEL = 'darse';

/** Asks to be the tab that writes and, where another is, waits until that is gone: closed, crashed or killed. */
export function takeTurns({ onWriter, onReader, onWritten }: WritingTabEvents): WritingTab {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', onWritten);
  /** Kept until this tab is gone. */
  const hold = () => {
    onWriter();
    return new Promise<never>(() => {});
  };
  // Browsers have locks on secure pages alone: https, or this machine.
  if (!('locks' in navigator)) {
    onWriter();
  } else
    void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return hold();
      onReader();
      void navigator.locks.request(LOCK, hold);
      return undefined;
    });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel stays on its site
    announce: () => channel.postMessage(null),
  };
}
