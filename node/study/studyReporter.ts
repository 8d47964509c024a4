import { etaInWords, etaRange } from '../../shared/history/etaRange.ts';
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
import type { StudyJournal, StudyTrial } from '../../shared/search/studyJournal.ts';
import { trivialPredictor } from '../../shared/metrics/trivialPredictor.ts';
import { parseDuration } from '../../shared/study/parseDuration.ts';
import { createProgress } from '../progress.ts';
import type { OpenStudy } from './openStudy.ts';
import type { StudyTrialEvent } from './trainingExecutor.ts';

/** Tells a person how a study goes: a bar with ETA per trial and for the study, a line per trial that ended. */
export interface StudyReporter {
  begin(journal: StudyJournal): void;
  started(trial: Trial): void;
  event(event: StudyTrialEvent): void;
  /** What the study has recorded, but for the trials of the search. */
  record(record: StudyRecord): void;
  /** `elapsedSeconds`: of the whole study so far. */
  ended(trial: StudyTrial, isBest: boolean, elapsedSeconds: number): void;
  /** A line beside what it tells by itself. */
  note(line: string): void;
  end(): void;
}

const WIDTHS = [5, 11, 10, 8, 10, 9] as const;

export function createStudyReporter({ context, settings, space, data }: OpenStudy): StudyReporter {
  const progress = createProgress(context);
  const vectors = affordableRanks(space).count;
  const most = settings.trials === null ? vectors : BigInt(Math.min(settings.trials, Number(vectors)));
  const longestKey = Math.max(...space.allowed.map((rank) => String(rank).length)) * space.groups.length;
  const rankWidth = Math.max('ranks'.length, longestKey + space.groups.length - 1);
  const trialMs: number[] = [];
  let current = 0;
  let endedCount = 0;
  let elapsed = 0;
  let totalSteps = 0;
  let trialEta: TrialEta | undefined;

  const line = (text: string) => {
    progress.end();
    context.note(text);
  };
  const row = (trial: string, ranks: string, cells: readonly string[]) =>
    trial.padStart(WIDTHS[0]) +
    `  ${ranks.padEnd(rankWidth)}` +
    cells.map((cell, i) => ` ${cell}`.padStart(WIDTHS[i + 1] ?? 0)).join('');
  const known = (trial: StudyTrial) => {
    endedCount += 1;
    if (trial.status === 'finished') trialMs.push(1000 * trial.facts.seconds);
  };
  /** The rest of the study if it takes every training it may; nothing while too little is known. */
  const studyLeft = () => {
    const range = etaRange(trialMs, Math.max(0, Number(most) - endedCount));
    if (!range || !Number.isFinite(range.highMs)) return '';
    const allowedMs = settings.time === null ? range.highMs : 1000 * (parseDuration('--time', settings.time) - elapsed);
    const capped = { lowMs: Math.min(range.lowMs, allowedMs), highMs: Math.min(range.highMs, allowedMs) };
    return capped.highMs > 0 ? `; study at most ${etaInWords(capped).replace('about ', '')}` : '';
  };

  return {
    begin({ trials, elapsedSeconds }) {
      elapsed = elapsedSeconds;
      for (const trial of trials) known(trial);
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
    started({ number }) {
      current = number;
      trialEta = createTrialEta({ epochs: settings.epochs, batchSize: settings.batch }, data, () => performance.now());
    },
    event(event) {
      if (event.kind === 'problem') return line(`note: ${event.message}`);
      if (event.kind === 'interrupted') return;
      trialEta?.hear(event);
      if (event.kind === 'started') {
        totalSteps = event.totalSteps;
        if (event.firstStep > 0) line(`trial ${current} goes on after step ${count(event.firstStep)}`);
      }
      if (event.kind === 'step') {
        progress.show(`trial ${current}`, event.step, totalSteps, `${trialEta?.left() ?? ''}${studyLeft()}`);
      }
    },
    record(record) {
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
    ended(trial, isBest, elapsedSeconds) {
      known(trial);
      elapsed = elapsedSeconds;
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
  const errors = record.squaredErrors ?? [];
  return `test MSE ${(errors.reduce((sum, error) => sum + error, 0) / errors.length).toFixed(4)}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
