import { etaInWords } from '../../shared/history/etaRange.ts';
import { createTrialEta, type TrialEta } from '../../shared/history/trialEta.ts';
import { confirmationArms } from '../../shared/search/confirmation/confirmationPlan.ts';
import { rateRuleInWords } from '../../shared/search/learningRate/rateRule.ts';
import type {
  ConfirmationPlanRecord,
  ConfirmationRecord,
  RateRecord,
  StudyRecord,
} from '../../shared/search/studyRecord.ts';
import { affordableRanks } from '../../shared/search/affordableRanks.ts';
import type { Trial } from '../../shared/search/evaluation.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import type { Range } from '../../shared/search/forecast/range.ts';
import type { StudyTrial } from '../../shared/search/studyJournal.ts';
import { trivialPredictor } from '../../shared/metrics/trivialPredictor.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import type { CommandContext } from '../commandContext.ts';
import { mean } from '../../shared/study/mean.ts';
import { createProgress } from '../progress.ts';
import type { OpenStudy } from './openStudy.ts';

/** Tells a person how a study goes: a bar with ETA per trial and for the study, a line per trial that ended. */
export interface StudyReporter {
  begin(): void;
  /** `left`: the seconds that the study still takes from here; null where that is not known. */
  started(trial: Trial, left: Range | null): void;
  event(trial: number, event: StudyTrialEvent): void;
  /** What the study has recorded, but for the trials of the search. */
  record(record: StudyRecord): void;
  ended(trial: StudyTrial, isBest: boolean): void;
  /** A line beside what it tells by itself. */
  note(line: string): void;
  end(): void;
}

interface RunningProgress {
  readonly eta: TrialEta;
  step: number;
  totalSteps: number;
}

const WIDTHS = [5, 11, 10, 8, 10, 9] as const;

export function createStudyReporter(context: CommandContext, { settings, space, data }: OpenStudy): StudyReporter {
  const progress = createProgress(context);
  const vectors = affordableRanks(space).count;
  const most = settings.trials === null ? vectors : BigInt(Math.min(settings.trials, Number(vectors)));
  const longestKey = Math.max(...space.allowed.map((rank) => String(rank).length)) * space.groups.length;
  const rankWidth = Math.max('ranks'.length, longestKey + space.groups.length - 1);
  const running = new Map<number, RunningProgress>();
  let left: { readonly range: Range; readonly at: number } | null = null;

  const line = (text: string) => {
    progress.end();
    context.note(text);
  };
  const row = (trial: string, ranks: string, cells: readonly string[]) =>
    trial.padStart(WIDTHS[0]) +
    `  ${ranks.padEnd(rankWidth)}` +
    cells.map((cell, i) => ` ${cell}`.padStart(WIDTHS[i + 1] ?? 0)).join('');
  const studyEta = () => {
    if (left === null) return '';
    const { range, at } = left;
    const leftMs = (seconds: number) => Math.max(0, 1000 * seconds - (performance.now() - at));
    return `; study ${etaInWords({ lowMs: leftMs(range.low), highMs: leftMs(range.high) })}`;
  };

  return {
    begin() {
      const budget = Number.isFinite(space.budget) ? `${count(space.budget)} parameters` : 'no budget';
      line(
        `${settings.strategy}: ${space.groups.length} groups, ranks ${space.allowed.join(', ')}, ${budget}; ` +
          `${vectors.toLocaleString('en')} vectors, at most ${most.toLocaleString('en')} trainings`,
      );
      const { metrics } = trivialPredictor(data.train, data.validation);
      line(
        `${count(data.validation.length)} validation texts; MSE to beat, always the mean score: ${metrics.mse.toFixed(4)}`,
      );
      line(row('trial', 'ranks', ['parameters', 'MSE', 'R²', 'accuracy', 'seconds']));
    },
    started({ number }, range) {
      left = range && { range, at: performance.now() };
      const rows = { epochs: settings.epochs, batchSize: settings.batch };
      running.set(number, { eta: createTrialEta(rows, data, () => performance.now()), step: 0, totalSteps: 0 });
    },
    event(number, event) {
      if (event.kind === 'problem') return line(`note: ${event.message}`);
      const trial = running.get(number);
      if (event.kind === 'interrupted' || !trial) return;
      trial.eta.hear(event);
      if (event.kind === 'started') {
        trial.totalSteps = event.totalSteps;
        if (event.firstStep > 0) line(`trial ${number} goes on after step ${count(event.firstStep)}`);
      }
      if (event.kind === 'step') {
        trial.step = event.step;
        const all = [...running.values()];
        const last = all.reduce((a, b) => (b.totalSteps - b.step > a.totalSteps - a.step ? b : a));
        const sum = (of: 'step' | 'totalSteps') => all.reduce((total, one) => total + one[of], 0);
        const label = all.length === 1 ? `trial ${number}` : `${all.length} trials`;
        progress.show(label, sum('step'), sum('totalSteps'), `${last.eta.left()}${studyEta()}`);
      }
    },
    record(record) {
      if ('trial' in record) running.delete(record.trial);
      switch (record.kind) {
        case 'rate':
          return line(rateLine(record));
        case 'rateRule':
          return line(`learning rate: ${rateRuleInWords(record.rule)}`);
        case 'confirmationPlan':
          return line(planLine(record));
        case 'confirmation':
          return line(
            `${row(String(record.trial), ranksKey(record.ranks), [])}  seed ${record.seed}: ${testScore(record)}`,
          );
        case 'trial':
        case 'end':
        case 'confirmationEnd':
          return;
        default:
          throw new RangeError(`unknown record ${JSON.stringify(record satisfies never)}`);
      }
    },
    ended(trial, isBest) {
      const name = ranksKey(trial.ranks);
      if (trial.status !== 'finished')
        return line(`${row(String(trial.trial), name, [])}  ${trial.status}: ${trial.message}`);
      const { validation, seconds } = trial.facts;
      const { r2, accuracy } = validation;
      const numbers = [trial.score.toFixed(4), r2 === null ? '–' : r2.toFixed(3), `${(100 * accuracy).toFixed(1)} %`];
      const cells = [count(trial.parameters), ...numbers, seconds.toFixed(1)];
      line(`${row(String(trial.trial), name, cells)}${isBest ? '  best' : ''}`);
    },
    note: line,
    end: () => progress.end(),
  };
}

function rateLine(record: RateRecord): string {
  const found = record.status === 'finished' ? `MSE ${record.score.toFixed(4)}` : `${record.status}: ${record.message}`;
  return `${ranksKey(record.ranks)} at learning rate ${Number(record.learningRate.toPrecision(3))}: ${found}`;
}

/** What is confirmed, named before any of it is trained. */
function planLine({ seeds, ...plan }: ConfirmationPlanRecord): string {
  const [winner, ...others] = confirmationArms(plan).map((ranks) => ranksKey(ranks));
  if (seeds.length === 0) return `nothing to confirm: ${winner} is the uniform vector, and none cheaper came near`;
  return `confirmation: ${[winner, ...others].join(', ')} on ${seeds.length} fresh seeds, judged on test rows that chose nothing`;
}

function testScore(record: ConfirmationRecord): string {
  if (record.status !== 'finished') return `${record.status}: ${record.message}`;
  return `test MSE ${mean(record.squaredErrors ?? []).toFixed(4)}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
