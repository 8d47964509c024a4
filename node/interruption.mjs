// Plain JavaScript, type-checked: it is there before any TypeScript is loaded.

/**
 * What Ctrl-C and SIGTERM do to a command: they end it with exit code 130, at once or, where it knows how to save, after it has.
 * @typedef {object} Interruption
 * @property {(tell: (line: string) => void) => void} saveFirst From now on the first signal only tells a person what happens and
 *   aborts `asked`, for the command to save and to end by itself; a second one ends the process.
 * @property {AbortSignal} asked Whether the command is to save and to end.
 * @property {() => void} ask Does what the first signal does.
 * @property {() => void} release Gives the signals back.
 */

/** The exit code of a command that was interrupted. */
export const INTERRUPTED = 130;

/** @returns {Interruption} */
export function catchInterrupts() {
  /** @type {((line: string) => void) | undefined} */
  let tell;
  const asking = new AbortController();
  const onSignal = () => {
    if (!tell || asking.signal.aborted) process.exit(INTERRUPTED);
    tell('stopping after this step and saving; Ctrl-C again leaves at once');
    asking.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    saveFirst(teller) {
      tell = teller;
    },
    asked: asking.signal,
    ask() {
      if (!asking.signal.aborted) onSignal();
    },
    release() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
