import type { EncoderConfig } from '../../encoder/encoderConfig.ts';
import { DarseError } from '../../study/darseError.ts';
import { parseDuration } from '../../study/parseDuration.ts';
import { parseShare } from '../../study/parseShare.ts';
import type { TrialSpec } from '../../trial/trialSpec.ts';
import { confirmationOptions } from '../confirmation/confirmationSeeds.ts';
import { createStrategy } from '../createStrategy.ts';
import type { Trial } from '../evaluation.ts';
import { firstEpochAfter, leavesEpochToPrune, STARTUP_TRIALS } from '../pruners/createPruner.ts';
import { type RankSpace, ranksKey, uniformRanks } from '../rankSpace.ts';
import { randomStrategy } from '../strategies/random.ts';
import type { StudySettings } from '../studyFields.ts';
import { smallestVisibleGain } from '../verdict/confirmationPower.ts';
import { type CostModel, type TrainingWork, trainingSeconds } from './costModel.ts';
import { forecastPlan, type PlanForecast, type PlanSize, type SecondsOf } from './planForecast.ts';
import { type PlayedStudy, playStudy } from './playStudy.ts';
import { probeRanks } from './probeRanks.ts';
import type { Range } from './range.ts';
import { durationFlag, durationInWords, sizeInWords } from './forecastInWords.ts';
import { shrinkPlan } from './shrinkPlan.ts';
import type { StudyForecast } from './studyForecast.ts';
import { epochRuns, evaluationRuns } from './trialRuns.ts';
import { addWork, createTrialWorks, NO_WORK } from './trialWork.ts';

/** A study before it begins, and what was timed of its trainings. */
export interface StudyToForecast {
  readonly settings: StudySettings;
  readonly space: RankSpace;
  /** Trainings at once. */
  readonly parallel: number;
  readonly config: EncoderConfig;
  /** Tokens of each text. */
  readonly lengths: Readonly<Record<'train' | 'validation' | 'test', readonly number[]>>;
  readonly specOf: (trial: Pick<Trial, 'ranks'>) => TrialSpec;
  readonly model: CostModel;
  readonly timing: StudyForecast['timing'];
  /** Most memory of the process when the trainings had been timed, and the greatest `memoryBytes` among them. */
  readonly timedPeakBytes: number;
  readonly timedStepBytes: number;
  /** How much of `--time` is used up. */
  readonly elapsedSeconds: number;
}

/** What a study will take, and its settings, cut to fit `--time` where that is given. Throws `usage` where not even the least plan fits. */
export async function forecastStudy(
  study: StudyToForecast,
): Promise<{ readonly forecast: StudyForecast; readonly settings: StudySettings }> {
  const { settings, model, timing } = study;
  const secondsOf = trainingTimes(study);
  const played = await playStudy(playOptions(study));
  const confirmation = study.lengths.test.length > 0 ? confirmationOptions(settings) : null;
  const asked: PlanSize = {
    epochs: settings.epochs,
    trials: Math.max(...played.map(({ trialCount }) => trialCount)),
    seeds: confirmation?.seedCount ?? 0,
    cheaper: confirmation !== null && confirmation.cheaper !== false,
  };
  const { given, shrunk } = sizeWithin(study, asked, played, secondsOf);
  const plan = forecastPlan(played, given, secondsOf, study.parallel);
  const forecast: StudyForecast = {
    timing,
    spread: model.spread,
    parallel: study.parallel,
    ...plan,
    memory: memoryOf(study),
    power:
      given.seeds === 0
        ? null
        : {
            seeds: given.seeds,
            smallestGain: smallestVisibleGain(given.seeds),
            askedGain: parseShare('--gain', settings.gain),
          },
    shrunk,
  };
  return { forecast, settings: shrunk === null ? settings : settingsOfSize(settings, shrunk) };
}

/** The size that the study gets: what was asked for, or what of it fits `--time`. */
function sizeWithin(
  { settings, parallel, elapsedSeconds }: StudyToForecast,
  asked: PlanSize,
  played: readonly PlayedStudy[],
  secondsOf: SecondsOf,
): { readonly given: PlanSize; readonly shrunk: StudyForecast['shrunk'] } {
  if (settings.time === null) return { given: asked, shrunk: null };
  const timeSeconds = parseDuration('--time', settings.time);
  const plan = (size: PlanSize): PlanForecast => forecastPlan(played, size, secondsOf, parallel);
  const mostSeconds = (size: PlanSize) => elapsedSeconds + plan(size).total.seconds.high;
  const found = shrinkPlan(asked, timeSeconds, mostSeconds, settings.confirmSeeds !== null);
  if (!found.fits) {
    const needed = mostSeconds(found.least);
    const others = found.least.seeds > 0 ? ', or leave the confirmation out (--confirm-seeds 0)' : '';
    throw new DarseError(
      'usage',
      `--time ${settings.time} is too short: the least study, ${sizeInWords(found.least)}, may take ${durationInWords(needed)} here; ` +
        `give --time ${durationFlag(needed)} or more, train on fewer rows (--train-rows)${others}`,
    );
  }
  return { given: found.size, shrunk: found.size === asked ? null : { timeSeconds, asked, given: found.size } };
}

/** The settings of a plan that was cut: whatever stayed as it was asked for is left. Trials of too few epochs are not pruned. */
function settingsOfSize(
  settings: StudySettings,
  { asked, given }: NonNullable<StudyForecast['shrunk']>,
): StudySettings {
  return {
    ...settings,
    epochs: given.epochs,
    ...(leavesEpochToPrune(settings.pruneAfter, given.epochs) ? {} : { pruner: 'none' as const }),
    ...(given.trials < asked.trials && { trials: given.trials }),
    ...(given.seeds < asked.seeds && { confirmSeeds: given.seeds }),
    skipCheaper: settings.skipCheaper || (asked.cheaper && !given.cheaper),
  };
}

function playOptions({ settings, space, specOf }: StudyToForecast) {
  const { strategy: name, seed, trials } = settings;
  const exhaustive = name === 'surrogate' || name === 'random' || name === 'grid';
  // The surrogate's model takes its time; which of all vectors it asks for hardly matters to what they cost.
  const order = name === 'surrogate' || (name === 'grid' && trials === null) ? randomStrategy() : null;
  return {
    space,
    seed,
    trials,
    exhaustive,
    strategy: order ?? createStrategy(settings, space),
    fairRate: settings.lrFair ? specOf({ ranks: uniformRanks(space, 0) }).learningRate : null,
    margin: parseShare('--margin', settings.margin),
  };
}

/** The seconds of a training, from what it computes on these texts. */
function trainingTimes({ settings, config, lengths, specOf, model }: StudyToForecast): SecondsOf {
  const works = createTrialWorks(config);
  const known = new Map<string, Omit<TrainingWork, 'epochs'>>();
  const batching = specOf({ ranks: [] });
  const steps = epochRuns(lengths.train, batching, 1);
  const validation = evaluationRuns(lengths.validation, batching);
  const test = evaluationRuns(lengths.test, batching);
  const workOf = (ranks: readonly number[]) => {
    const spec = specOf({ ranks });
    return {
      epoch: steps.reduce((sum, runs) => addWork(sum, works.step(spec, runs)), NO_WORK),
      validation: works.evaluation(spec, validation),
      test: works.evaluation(spec, test),
    };
  };
  return (ranks, epochs, use, place): Range => {
    const key = ranksKey(ranks);
    const work = known.get(key) ?? workOf(ranks);
    known.set(key, work);
    const least = batching.patience === null ? epochs : Math.min(epochs, 1 + batching.patience);
    const looked = { ...work, test: use === 'confirmation' ? work.test : NO_WORK };
    const whole = trainingSeconds(model, { ...looked, epochs: { low: least, high: epochs } });
    const { pruner, pruneAfter } = settings;
    const isPrunable = use === 'search' && pruner !== 'none' && place >= STARTUP_TRIALS;
    if (!isPrunable || !leavesEpochToPrune(pruneAfter, epochs)) return whole;
    const first = Math.min(least, firstEpochAfter(pruneAfter, epochs));
    const { low } = trainingSeconds(model, { ...looked, epochs: { low: first, high: first } });
    // A pruner ends about every second trial.
    return { low, middle: (low + whole.middle) / 2, high: whole.high };
  };
}

/** The most memory: as timed, and what the largest step of the costliest training needs more than the largest timed. */
function memoryOf({ config, space, lengths, specOf, timedPeakBytes, timedStepBytes }: StudyToForecast) {
  const works = createTrialWorks(config);
  const spec = specOf({ ranks: probeRanks(space)[0] ?? [] });
  const looks = [...evaluationRuns(lengths.validation, spec), ...evaluationRuns(lengths.test, spec)];
  const stepBytes = works.memoryBytes(spec, epochRuns(lengths.train, spec, 1).flat(), looks);
  return {
    peakBytes: timedPeakBytes + Math.max(0, stepBytes - timedStepBytes),
    timedPeakBytes,
    weightBytes: works.weightBytes(spec),
    stepBytes,
  };
}
