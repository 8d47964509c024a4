import * as v from 'valibot';
import type { EngineDescription } from '../engines/engine.ts';
import type { HistoryRecord } from '../history/record.ts';
import type { Metrics } from '../metrics/evaluationReport.ts';
import { DarseError } from '../study/darseError.ts';
import { TrialGroundSchema } from '../trial/trialKey.ts';
import { StudyForecastSchema } from './forecast/studyForecast.ts';
import type { RankSpace } from './rankSpace.ts';
import { PAPER_PRESETS, SCALES } from './presets/paperPresets.ts';
import type { StudyPhase } from './runStudy.ts';
import type { StudyRecord } from './studyRecord.ts';

/** The version of a study's records. */
export const STUDY_VERSION = 1;

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const RanksSchema = v.array(CountSchema);
export const MetricsSchema = v.custom<Metrics>(
  (value) => typeof value === 'object' && value !== null && 'mse' in value,
);

/** The first record: what the study is, down to the last setting. */
const HeaderSchema = v.object({
  kind: v.literal('study'),
  version: v.literal(STUDY_VERSION),
  /** The version of DARSE that began it. */
  darse: v.string(),
  /** See `trialKey`: of the vector of least ranks. Where it is another now, going on would train something else. */
  key: v.string(),
  ground: TrialGroundSchema,
  /** See `STUDY_FIELDS`. */
  settings: v.record(v.string(), v.unknown()),
  dataName: v.string(),
  modelName: v.string(),
  rows: v.object({ train: CountSchema, validation: CountSchema, test: CountSchema }),
  space: v.object({
    groups: v.array(v.object({ name: v.string(), modules: v.array(v.string()), unitCost: CountSchema })),
    allowed: RanksSchema,
    /** In parameters; null without a limit. */
    budget: v.nullable(v.number()),
  }),
  /** The experiment of the paper that it reproduces. */
  reproduces: v.exactOptional(v.object({ preset: v.picklist(PAPER_PRESETS), scale: v.picklist(SCALES) })),
  /** The trivial predictor on the validation part. */
  trivial: MetricsSchema,
});

/** What is kept of a finished trial beside its score. */
const TrialFactsSchema = v.object({
  /** See `trialKey`. */
  key: v.string(),
  /** The epoch handed over. */
  epoch: CountSchema,
  steps: CountSchema,
  /** On the validation part, of the epoch handed over. */
  validation: MetricsSchema,
  /** Of the process that ended the trial. */
  seconds: v.number(),
  /** Of that process: see `TrialRunEnd`. */
  peakMemoryBytes: v.exactOptional(CountSchema),
  resumedFromStep: v.nullable(CountSchema),
  engine: v.custom<EngineDescription>((value) => typeof value === 'object' && value !== null),
  /** On the same rows as `validation`: `confusion[true class][predicted class]`, and the worst rows by their ids. */
  confusion: v.array(v.array(CountSchema)),
  worst: v.array(
    v.object({
      id: v.string(),
      score: v.number(),
      label: CountSchema,
      predictedScore: v.number(),
      predictedLabel: CountSchema,
    }),
  ),
  /** On the test part; of a training of the confirmation alone. */
  test: v.exactOptional(MetricsSchema),
});

const EvaluatedEntries = {
  importance: v.exactOptional(v.array(v.number())),
  curve: v.exactOptional(v.array(v.number())),
  squaredErrors: v.exactOptional(v.array(v.number())),
};
/** The three ends of a training that some entries describe. */
function trainingSchema<const Kind extends string, Entries extends v.ObjectEntries>(kind: Kind, more: Entries) {
  const entries = {
    kind: v.literal(kind),
    trial: CountSchema,
    ranks: RanksSchema,
    parameters: CountSchema,
    /** Of work at the study, when it ended. */
    elapsedSeconds: v.exactOptional(v.number()),
    ...more,
  };
  return v.variant('status', [
    v.object({
      ...entries,
      status: v.literal('finished'),
      score: v.pipe(v.number(), v.finite()),
      ...EvaluatedEntries,
      facts: TrialFactsSchema,
    }),
    v.object({
      ...entries,
      status: v.literal('pruned'),
      message: v.string(),
      curve: v.exactOptional(v.array(v.number())),
    }),
    v.object({ ...entries, status: v.literal('failed'), message: v.string() }),
  ]);
}

const RateSchema = v.number();
/** Every record that a study is rebuilt from, by its kind. */
const STUDY_RECORDS = {
  forecast: v.object({ kind: v.literal('forecast'), ...StudyForecastSchema.entries }),
  rate: trainingSchema('rate', { learningRate: RateSchema }),
  rateRule: v.object({
    kind: v.literal('rateRule'),
    rule: v.object({
      levels: v.array(v.object({ ranks: RanksSchema, parameters: CountSchema, learningRate: RateSchema })),
    }),
  }),
  trial: trainingSchema('trial', {}),
  end: v.object({
    kind: v.literal('end'),
    reason: v.picklist(['finished', 'trials', 'parameters', 'time', 'stopped']),
  }),
  confirmationPlan: v.object({
    kind: v.literal('confirmationPlan'),
    winner: RanksSchema,
    uniform: v.nullable(RanksSchema),
    cheaper: v.nullable(RanksSchema),
    seeds: v.array(CountSchema),
    margin: v.number(),
    firstTrial: CountSchema,
  }),
  confirmation: trainingSchema('confirmation', { seed: CountSchema }),
  confirmationEnd: v.object({
    kind: v.literal('confirmationEnd'),
    reason: v.picklist(['finished', 'time', 'stopped']),
  }),
  trialStarted: v.object({ kind: v.literal('trialStarted'), trial: CountSchema, ranks: RanksSchema }),
  epoch: v.object({
    kind: v.literal('epoch'),
    trial: CountSchema,
    epoch: CountSchema,
    validation: MetricsSchema,
  }),
};
type RecordOf<Kind extends keyof typeof STUDY_RECORDS> = v.InferOutput<(typeof STUDY_RECORDS)[Kind]>;

export type StudyHeader = v.InferOutput<typeof HeaderSchema>;
export type TrialFacts = v.InferOutput<typeof TrialFactsSchema>;
export type StudyTrial = RecordOf<'trial'>;
export type FinishedTrial = Extract<StudyTrial, { status: 'finished' }>;
export type StudyEnd = RecordOf<'end'>;
export type RateTrial = RecordOf<'rate'>;
export type ConfirmationTrial = RecordOf<'confirmation'>;
/** An epoch with its metrics on the validation part. */
export type EpochMetrics = Pick<RecordOf<'epoch'>, 'epoch' | 'validation'>;

/** A training that was started and has not ended, with its last epoch. */
export interface RunningTrial {
  readonly trial: number;
  readonly ranks: readonly number[];
  readonly epoch: number | null;
  readonly validationMse: number | null;
}

/** A study as its records tell it. */
export interface StudyJournal {
  readonly header: StudyHeader;
  readonly space: RankSpace;
  /** What it was expected to take; null where nobody forecast it. */
  readonly forecast: RecordOf<'forecast'> | null;
  /** Trainings that tried a learning rate, in the order asked. */
  readonly rates: readonly RateTrial[];
  readonly rateRule: RecordOf<'rateRule'> | null;
  /** Those of the search, in the order asked, each once: of several of one number the earliest counts. */
  readonly trials: readonly StudyTrial[];
  /** The epochs that trainings have behind them, in their order, by the training's number. */
  readonly epochs: ReadonlyMap<number, readonly EpochMetrics[]>;
  /** The end of the search. */
  readonly end: StudyEnd | null;
  readonly confirmation: {
    readonly plan: RecordOf<'confirmationPlan'>;
    /** In the order asked, each once. */
    readonly trials: readonly ConfirmationTrial[];
    readonly end: RecordOf<'confirmationEnd'> | null;
  } | null;
  /** The trainings that were started and have not ended, in the order asked. */
  readonly running: readonly RunningTrial[];
  /** How long processes have worked at the study, all together. */
  readonly elapsedSeconds: number;
  /** How often test rows were looked at. */
  readonly testLooks: number;
  /** The same for each part of its work, up to the last record that ended some of it. */
  readonly phaseSeconds: Readonly<Record<'forecast' | StudyPhase, number>>;
  /** Records that could not be read. */
  readonly problems: readonly string[];
}

/** A study that grows by a record at a time; each is read once. */
export interface StudyReader {
  add(record: HistoryRecord): void;
  journal(): StudyJournal;
}

/** Reads a study's records; `name` is what messages call the journal. Throws `input` where it is none of this version. */
export function readStudyJournal(
  records: readonly HistoryRecord[],
  name: string,
  damage: readonly string[] = [],
): StudyJournal {
  return openStudyReader(records, name, damage).journal();
}

/** The same, to go on with. */
export function openStudyReader(
  records: readonly HistoryRecord[],
  name: string,
  damage: readonly string[] = [],
): StudyReader {
  const headers = records.filter(({ kind }) => kind === 'study');
  const header = v.safeParse(HeaderSchema, headers[0]);
  if (!header.success) {
    const why = headers.length > 0 ? 'its settings are damaged or of another version of DARSE' : 'it has no settings';
    throw new DarseError('input', [`${name} is no study to work with: ${why}`, ...damage].join('\n  - '));
  }
  const { space } = header.output;
  const rates = new Map<number, RateTrial>();
  const trials = new Map<number, StudyTrial>();
  const confirmed = new Map<number, ConfirmationTrial>();
  const problems = [...damage];
  let rateRule: RecordOf<'rateRule'> | null = null;
  let end: StudyEnd | null = null;
  let plan: RecordOf<'confirmationPlan'> | null = null;
  let confirmationEnd: RecordOf<'confirmationEnd'> | null = null;
  const started = new Map<number, RecordOf<'trialStarted'>>();
  const epochs = new Map<number, Map<number, EpochMetrics>>();
  let elapsedSeconds = 0;
  let testLooks = 0;
  let forecast: RecordOf<'forecast'> | null = null;
  let countedSeconds = 0;
  const phaseSeconds = { forecast: 0, rates: 0, search: 0, confirmation: 0 };

  function add(record: HistoryRecord): void {
    const { elapsedSeconds: elapsed } = record;
    if (typeof elapsed === 'number' && elapsed > elapsedSeconds) elapsedSeconds = elapsed;
    const phase = PHASES[record.kind];
    if (phase !== undefined) {
      phaseSeconds[phase] += elapsedSeconds - countedSeconds;
      countedSeconds = elapsedSeconds;
    }
    switch (record.kind) {
      case 'forecast':
        forecast ??= read(STUDY_RECORDS.forecast, record, problems);
        break;
      case 'rate':
        keepFirst(rates, read(STUDY_RECORDS.rate, record, problems));
        break;
      case 'rateRule':
        rateRule ??= read(STUDY_RECORDS.rateRule, record, problems);
        break;
      case 'trial':
        keepFirst(trials, read(STUDY_RECORDS.trial, record, problems));
        break;
      case 'end':
        end = read(STUDY_RECORDS.end, record, problems) ?? end;
        break;
      case 'confirmationPlan':
        plan ??= read(STUDY_RECORDS.confirmationPlan, record, problems);
        break;
      case 'confirmation':
        keepFirst(confirmed, read(STUDY_RECORDS.confirmation, record, problems));
        break;
      case 'confirmationEnd':
        confirmationEnd ??= read(STUDY_RECORDS.confirmationEnd, record, problems);
        break;
      case 'trialStarted':
        keepFirst(started, read(STUDY_RECORDS.trialStarted, record, problems));
        break;
      case 'testLook':
        testLooks += 1;
        break;
      case 'epoch':
        keepEpoch(epochs, read(STUDY_RECORDS.epoch, record, problems));
        break;
      default:
    }
  }

  function runningTrials(): RunningTrial[] {
    const begun = inOrder(started).filter(({ trial }) => ![rates, trials, confirmed].some((ended) => ended.has(trial)));
    return begun.map(({ trial, ranks }) => {
      const last = [...(epochs.get(trial)?.values() ?? [])].at(-1);
      return { trial, ranks, epoch: last?.epoch ?? null, validationMse: last?.validation.mse ?? null };
    });
  }

  for (const record of records) add(record);
  return {
    add,
    journal: () => ({
      header: header.output,
      space: { ...space, budget: space.budget ?? Number.POSITIVE_INFINITY },
      forecast,
      rates: inOrder(rates),
      rateRule,
      trials: inOrder(trials),
      epochs: new Map([...epochs].map(([trial, known]) => [trial, [...known.values()]])),
      end,
      confirmation: plan && { plan, trials: inOrder(confirmed), end: confirmationEnd },
      running: runningTrials(),
      elapsedSeconds,
      testLooks,
      phaseSeconds: { ...phaseSeconds },
      problems: [...problems],
    }),
  };
}

/** The records that end a piece of work, and to which part of the study its time belongs. */
const PHASES: Readonly<Partial<Record<string, 'forecast' | StudyPhase>>> = {
  forecast: 'forecast',
  rate: 'rates',
  rateRule: 'rates',
  trial: 'search',
  end: 'search',
  confirmationPlan: 'confirmation',
  confirmation: 'confirmation',
  confirmationEnd: 'confirmation',
};

/** The records of a study from which the loop goes on. */
export function studyHistory({ rates, rateRule, trials, end, confirmation }: StudyJournal): StudyRecord[] {
  return [
    ...rates,
    ...(rateRule ? [rateRule] : []),
    ...trials,
    ...(end ? [end] : []),
    ...(confirmation ? [confirmation.plan, ...confirmation.trials] : []),
    ...(confirmation?.end ? [confirmation.end] : []),
  ];
}

function keepFirst<T extends { readonly trial: number }>(known: Map<number, T>, record: T | null): void {
  if (record && !known.has(record.trial)) known.set(record.trial, record);
}

/** An epoch that a resumed training went through again counts as it was then, and comes last. */
function keepEpoch(epochs: Map<number, Map<number, EpochMetrics>>, record: RecordOf<'epoch'> | null): void {
  if (!record) return;
  const { trial, epoch, validation } = record;
  const known = epochs.get(trial) ?? new Map<number, EpochMetrics>();
  known.delete(epoch);
  epochs.set(trial, known.set(epoch, { epoch, validation }));
}

function inOrder<T extends { readonly trial: number }>(records: ReadonlyMap<number, T>): T[] {
  return [...records.values()].sort((a, b) => a.trial - b.trial);
}

/** A record of a known kind; null, and a problem, where it does not hold what that kind must. */
function read<Schema extends v.GenericSchema>(
  schema: Schema,
  record: HistoryRecord,
  problems: string[],
): v.InferOutput<Schema> | null {
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return parsed.output;
  const where = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'record').join(', ');
  problems.push(`a record of kind ${record.kind} is skipped: ${where} cannot be read`);
  return null;
}
