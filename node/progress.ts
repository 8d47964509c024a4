import { SingleBar } from 'cli-progress';
import type { CommandContext } from './commandContext.ts';

/** Seconds between lines where there is no terminal to draw a bar on: a twentieth of the time so far, within these. */
const PLAIN_SECONDS = { least: 5, most: 60 } as const;

export interface Progress {
  /** Draws the state of the task `label`: a bar on a terminal, else now and then a line. */
  show(label: string, done: number, total: number, note?: string): void;
  /** Takes the bar away; a later `show` starts a new one. */
  end(): void;
}

/** Progress on standard error; nothing under --quiet. */
export function createProgress({ quiet }: Pick<CommandContext, 'quiet'>): Progress {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return process.stderr.isTTY ? barProgress() : plainProgress();
}

function barProgress(): Progress {
  let bar: SingleBar | undefined;
  // Whatever ends the process, the cursor comes back.
  const end = () => {
    process.off('exit', end);
    bar?.stop();
    bar = undefined;
  };
  return {
    show(label, done, total, note = '') {
      if (!bar) {
        bar = new SingleBar({ ...BAR, stream: process.stderr });
        bar.start(total, done, { label, note });
        process.on('exit', end);
      }
      bar.setTotal(total);
      bar.update(done, { label, note });
    },
    end,
  };
}

/** With the longest labels and notes it still fits into 80 columns. */
const BAR = {
  format: '{label} {bar} {percentage} % {note}',
  barCompleteChar: '█',
  barIncompleteChar: '░',
  barsize: 20,
  clearOnComplete: true,
  hideCursor: true,
} as const;

function plainProgress(): Progress {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return {
    show(label, done, total, note = '') {
      const now = performance.now();
      const seconds = Math.min(PLAIN_SECONDS.most, Math.max(PLAIN_SECONDS.least, (toldAt - startedAt) / 20_000));
      if (now - toldAt < seconds * 1000) return;
      toldAt = now;
      process.stderr.write(
        `${label}: ${Math.floor((100 * done) / Math.max(1, total))} % ${note}`.trimEnd().concat('\n'),
      );
    },
    end: () => undefined,
  };
}
