import { SingleBar } from 'cli-progress';
import type { CommandContext } from './commandContext.ts';

/** Seconds between lines where there is no terminal to draw a bar on. */
const PLAIN_SECONDS = 5;

export interface Progress {
  /** Draws the state of the task `label`: a bar on a terminal, else now and then a line. */
  show(label: string, done: number, total: number, note?: string): void;
  /** Takes the bar away; a later `show` starts a new one. */
  end(): void;
}

/** Progress on standard error; nothing under --quiet. */
export function createProgress({ quiet }: CommandContext): Progress {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return process.stderr.isTTY ? barProgress() : plainProgress();
}

function barProgress(): Progress {
  let bar: SingleBar | undefined;
  return {
    show(label, done, total, note = '') {
      if (!bar) {
        bar = new SingleBar({
          format: BAR_FORMAT,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          ...BAR_STYLE,
        });
        bar.start(total, done, { label, note });
      }
      bar.setTotal(total);
      bar.update(done, { label, note });
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

const BAR_FORMAT = '{label} {bar} {percentage} % {note}';
const BAR_STYLE = { barCompleteChar: '█', barIncompleteChar: '░', barsize: 24 };

function plainProgress(): Progress {
  let told = Number.NEGATIVE_INFINITY;
  return {
    show(label, done, total, note = '') {
      const now = performance.now() / 1000;
      if (now - told < PLAIN_SECONDS) return;
      told = now;
      process.stderr.write(`${label}: ${Math.floor((100 * done) / Math.max(1, total))} % ${note}\n`);
    },
    end: () => undefined,
  };
}
