import { etaInWords, etaRange } from '../shared/history/etaRange.ts';
import type { Metrics } from '../shared/metrics/evaluationReport.ts';
import type { TrialEvent } from '../shared/trial/trialEvent.ts';
import type { CommandContext } from './commandContext.ts';
import { createProgress } from './progress.ts';

/** Tells a person how a trial goes: bar, losses, ETA as a range, a line per epoch. */
export interface TrialReporter {
  event(event: TrialEvent): void;
  end(): void;
}

export function createTrialReporter(context: CommandContext, epochCount: number): TrialReporter {
  const progress = createProgress(context);
  const stepMs: number[] = [];
  let totalSteps = 0;
  let lastStepAt: number | undefined;
  const line = (text: string) => {
    progress.end();
    context.note(text);
  };
  return {
    event(event) {
      switch (event.kind) {
        case 'started':
          totalSteps = event.totalSteps;
          lastStepAt = performance.now();
          if (event.firstStep > 0) line(`goes on after step ${event.firstStep} of ${totalSteps}`);
          break;
        case 'step': {
          const now = performance.now();
          if (lastStepAt !== undefined) stepMs.push(now - lastStepAt);
          lastStepAt = now;
          const eta = etaRange(stepMs, totalSteps - event.step);
          const { total, regression, classes } = event.losses;
          const losses = `loss ${total.toFixed(3)} (score ${regression.toFixed(3)}, class ${classes.toFixed(3)})`;
          const left = eta ? `${etaInWords(eta)} left` : 'estimating';
          progress.show(`epoch ${event.epoch}/${epochCount}`, event.step, totalSteps, `${losses} ${left}`);
          break;
        }
        case 'evaluating':
          lastStepAt = undefined;
          break;
        case 'epoch': {
          const { epoch, losses, validation } = event;
          line(
            `epoch ${epoch}/${epochCount}: training loss ${losses.total.toFixed(4)}; validation ${metricsLine(validation)}`,
          );
          lastStepAt = performance.now();
          break;
        }
        case 'testLook':
          line(`the test part (${event.rowCount} rows) is looked at once, now`);
          break;
        case 'stoppedEarly':
          line(`stopped after epoch ${event.epoch}: none better than epoch ${event.bestEpoch} since`);
          break;
        case 'checkpoint':
          break;
        default:
          throw new RangeError(`unknown event ${JSON.stringify(event satisfies never)}`);
      }
    },
    end: () => progress.end(),
  };
}

/** The numbers of an evaluation in one line. */
export function metricsLine({ mse, r2, accuracy, f1 }: Metrics): string {
  return `MSE ${mse.toFixed(4)}, R² ${r2 === null ? 'undefined' : r2.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %, F1 ${(100 * f1).toFixed(1)} %`;
}
