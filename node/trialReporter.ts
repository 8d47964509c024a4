import type { EncodedExample } from '../shared/data/encodedExample.ts';
import { createTrialEta } from '../shared/history/trialEta.ts';
import { ranksInWords } from '../shared/lora/ranksInWords.ts';
import { trivialPredictor } from '../shared/metrics/trivialPredictor.ts';
import type { RanksEvent, TrialEvent, TrialResult } from '../shared/trial/trialEvent.ts';
import type { TrialData, TrialSpec } from '../shared/trial/trialSpec.ts';
import type { CommandContext } from './commandContext.ts';
import { metricsHead, metricsRow } from './metricsTable.ts';
import { createProgress } from './progress.ts';

type StepEvent = Extract<TrialEvent, { kind: 'step' }>;

/** Tells a person how a trial goes: bar, loss, ETA as a range, a line per epoch below the trivial predictor's. */
export interface TrialReporter {
  event(event: TrialEvent): void;
  result(result: TrialResult): void;
  /** A line beside what it tells by itself. */
  note(line: string): void;
  end(): void;
}

export function createTrialReporter(
  context: CommandContext,
  spec: Pick<TrialSpec, 'epochs' | 'batchSize'>,
  data: TrialData,
): TrialReporter {
  const { train, validation, test } = data;
  const progress = createProgress(context);
  const eta = createTrialEta(spec, data, () => performance.now());
  let totalSteps = 0;
  let lastStep = 0;
  let newRanks: RanksEvent | undefined;
  const line = (text: string) => {
    progress.end();
    context.note(text);
  };
  const epochLabel = (epoch: number) => `epoch ${epoch}/${spec.epochs}`;
  const toBeat = (evaluated: readonly EncodedExample[]) =>
    metricsRow('to beat', trivialPredictor(train, evaluated).metrics);
  return {
    event(event) {
      eta.hear(event);
      switch (event.kind) {
        case 'started': {
          const { loraParameters, headParameters, firstStep } = event;
          totalSteps = event.totalSteps;
          lastStep = firstStep;
          line(
            `training ${count(loraParameters)} adapter and ${count(headParameters)} head parameters in ${count(totalSteps)} steps`,
          );
          if (firstStep > 0) line(`going on after step ${count(firstStep)}`);
          line(`${count(validation.length)} validation texts; to beat: always the mean score, the commonest class`);
          line(metricsHead('training loss'));
          line(toBeat(validation));
          break;
        }
        case 'step': {
          lastStep = event.step;
          progress.show(
            epochLabel(event.epoch),
            event.step,
            totalSteps,
            `loss ${event.losses.total.toFixed(3)}, ${regulariser(event)}${eta.left()}`,
          );
          break;
        }
        case 'evaluating':
          progress.show(event.part, lastStep, totalSteps, `evaluating ${count(event.total)} texts`);
          break;
        case 'epoch':
          line(metricsRow(epochLabel(event.epoch), event.validation, event.losses.total.toFixed(4)));
          if (newRanks) line(ranksLine(newRanks));
          newRanks = undefined;
          break;
        case 'ranks':
          newRanks = event;
          break;
        case 'ranksUncut':
          line(`ALARM: after step ${event.step} AdaLoRA should have cut ranks, and it has cut none`);
          break;
        case 'testLook':
          line(`${count(event.rowCount)} test texts, looked at once, now`);
          line(toBeat(test));
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
    result({ epoch, test: found }) {
      if (found) line(metricsRow(epochLabel(epoch), found.metrics));
      else line(`handed over: epoch ${epoch}`);
    },
    note: line,
    end: () => progress.end(),
  };
}

/** The regularisers beside the task's loss. */
function regulariser({ orthogonality, omega }: Pick<StepEvent, 'orthogonality' | 'omega'>): string {
  const ofAdaLora = orthogonality === undefined ? '' : `orthogonality ${orthogonality.toFixed(3)}, `;
  return omega === undefined ? ofAdaLora : `${ofAdaLora}omega ${omega.toPrecision(4)}, `;
}

function ranksLine({ ranks, total, final }: RanksEvent): string {
  const when = final ? 'ranks from here on' : 'ranks now';
  return `${when}: ${ranksInWords(new Map(Object.entries(ranks)))} (${count(total)} in all)`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
