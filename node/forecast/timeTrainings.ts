import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import type { Timing, TrainingTiming } from '../../shared/search/forecast/costModel.ts';
import { probeRanks } from '../../shared/search/forecast/probeRanks.ts';
import { epochRuns, evaluationRuns, type RunSize } from '../../shared/search/forecast/trialRuns.ts';
import { createTrialWorks, type TrialWorks } from '../../shared/search/forecast/trialWork.ts';
import { EVALUATION_BATCH, runTrial } from '../../shared/trial/runTrial.ts';
import type { TrialEvent } from '../../shared/trial/trialEvent.ts';
import type { TrialData, TrialSpec } from '../../shared/trial/trialSpec.ts';
import type { OpenStudy } from '../study/openStudy.ts';

export type StudyToTime = Pick<OpenStudy, 'space' | 'specOf' | 'data'> & {
  readonly engine: Engine;
  readonly backbone: Backbone;
};

export interface TimedTrainings {
  readonly trainings: readonly TrainingTiming[];
  readonly seconds: number;
  /** Most memory of this process by now. */
  readonly peakBytes: number;
  /** See `StudyToForecast`. */
  readonly stepBytes: number;
}

/** Batches of the first training timed, and the least and the most of the others. */
const FIRST_BATCHES = 2;
const LEAST_BATCHES = 2;
const MOST_BATCHES = 16;
/** Each is timed in its second epoch; of the first, steps after so many. */
const EPOCHS = 2;
const WARM_STEPS = 2;
/** Texts evaluated at most. */
const MOST_EVALUATED = 2 * EVALUATION_BATCH;
/** After so many times the wanted seconds the trainings timed so far must do. */
const MOST_OVERTIME = 3;

/** Times short trainings of the study's own texts through `runTrial`, in about `wantedSeconds`; the first one, of four steps, however long it takes. */
export async function timeTrainings(study: StudyToTime, wantedSeconds: number): Promise<TimedTrainings> {
  const works = createTrialWorks(study.backbone.config);
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const trainings: TrainingTiming[] = [];
  let stepBytes = 0;
  let batches = FIRST_BATCHES;
  const probes = probeRanks(study.space);
  for (const [i, ranks] of probes.entries()) {
    if (elapsed() > MOST_OVERTIME * wantedSeconds) break;
    const spec: TrialSpec = { ...study.specOf({ ranks }), epochs: EPOCHS, patience: null };
    const data = sampleOf(study.data, batches * spec.batchSize);
    const began = elapsed();
    const timing = await timeTraining(spec, data, study, works);
    trainings.push(timing);
    const runs = [data.train, data.validation].map((part) => part.map(({ ids }) => ids.length));
    stepBytes = Math.max(
      stepBytes,
      works.memoryBytes(spec, epochRuns(runs[0] ?? [], spec, 1).flat(), evaluationRuns(runs[1] ?? [], spec)),
    );
    const steps = timing.steps.map(({ seconds }) => seconds);
    const perStep = steps.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, steps.length);
    const besides = elapsed() - began - EPOCHS * batches * perStep;
    const each = (wantedSeconds - elapsed()) / Math.max(1, probes.length - 1 - i) - besides;
    batches = Math.min(MOST_BATCHES, Math.max(LEAST_BATCHES, Math.floor(each / (EPOCHS * perStep))));
  }
  return { trainings, seconds: elapsed(), peakBytes: 1024 * process.resourceUsage().maxRSS, stepBytes };
}

async function timeTraining(
  spec: TrialSpec,
  data: TrialData,
  { engine, backbone }: StudyToTime,
  works: TrialWorks,
): Promise<TrainingTiming> {
  const [lengths, looked] = [data.train, data.validation].map((part) => part.map(({ ids }) => ids.length));
  const expected = [1, 2].flatMap((epoch) => epochRuns(lengths ?? [], spec, epoch));
  const evaluation = works.evaluation(spec, evaluationRuns(looked ?? [], spec));
  const steps: Timing[] = [];
  const evaluations: Timing[] = [];
  let startSeconds = 0;
  let at = performance.now();
  const lap = () => {
    const before = at;
    at = performance.now();
    return (at - before) / 1000;
  };
  const hear = (event: TrialEvent) => {
    const seconds = lap();
    if (event.kind === 'started') startSeconds = seconds;
    if (event.kind === 'step') steps.push({ work: works.step(spec, runsOf(expected, event.step)), seconds });
    if (event.kind === 'epoch') evaluations.push({ work: evaluation, seconds });
  };
  for await (const event of runTrial(spec, data, { engine, backbone, afterStep: () => 'continue' })) {
    hear(event);
    // The second evaluation was the last of interest.
    if (evaluations.length === EPOCHS) break;
  }
  return {
    startSeconds,
    warmSteps: steps.slice(0, WARM_STEPS),
    steps: steps.slice(WARM_STEPS),
    warmEvaluations: evaluations.slice(0, -1),
    evaluations: evaluations.slice(-1),
  };
}

function runsOf(expected: readonly (readonly RunSize[])[], step: number): readonly RunSize[] {
  return expected[step - 1] ?? [];
}

/** Texts that stand for all, of every length as many as there are of it: so many for training, and as many or fewer to evaluate. */
function sampleOf({ train, validation }: TrialData, trainCount: number): TrialData {
  return {
    train: evenly(train, trainCount),
    validation: evenly(validation, Math.min(MOST_EVALUATED, trainCount)),
    test: [],
  };
}

function evenly(examples: readonly EncodedExample[], count: number): EncodedExample[] {
  if (examples.length <= count) return [...examples];
  const byLength = examples.toSorted((a, b) => a.ids.length - b.ids.length);
  return Array.from({ length: count }, (_, i) => byLength[Math.floor(((i + 0.5) * byLength.length) / count)]!);
}
