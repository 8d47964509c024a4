// Plain JavaScript, type-checked: it is there before any TypeScript is loaded.

/**
 * What Ctrl-C and SIGTERM do to a command: they end it with exit code 130, at once or, where it knows how to save, after it has.
 * @typedef {object} Interruption
 * @property {(told: () => void) => void} saveFirst From now on the first signal only calls `told`, for the command to save and to
 *   end by itself; a second one ends the process.
 * @property {() => boolean} requested Whether a signal has asked the command to save and to end.
 * @property {() => void} release Gives the signals back.
 */

/** The exit code of a command that was interrupted. */
export const INTERRUPTED = 130;

/** @returns {Interruption} */
export function catchInterrupts() {
  /** @type {(() => void) | undefined} */
  let save;
  let requested = false;
  const onSignal = () => {
    if (!save || requested) process.exit(INTERRUPTED);
    requested = true;
    save();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    saveFirst(told) {
      save = told;
    },
    requested: () => requested,
    release() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
