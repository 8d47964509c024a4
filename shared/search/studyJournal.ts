import * as v from 'valibot';
import type { EngineDescription } from '../engines/engine.ts';
import type { HistoryRecord } from '../history/record.ts';
import type { Metrics } from '../metrics/evaluationReport.ts';
import { DarseError } from '../study/darseError.ts';
import { TrialGroundSchema } from '../trial/trialKey.ts';
import type { RankSpace } from './rankSpace.ts';

/** The version of a study's records. */
export const STUDY_VERSION = 1;

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const RanksSchema = v.array(CountSchema);
const MetricsSchema = v.custom<Metrics>((value) => typeof value === 'object' && value !== null && 'mse' in value);

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
  resumedFromStep: v.nullable(CountSchema),
  engine: v.custom<EngineDescription>((value) => typeof value === 'object' && value !== null),
});

const trialEntries = { kind: v.literal('trial'), trial: CountSchema, ranks: RanksSchema, parameters: CountSchema };
const FinishedSchema = v.object({
  ...trialEntries,
  status: v.literal('finished'),
  score: v.pipe(v.number(), v.finite()),
  importance: v.exactOptional(v.array(v.number())),
  facts: TrialFactsSchema,
});
const TrialSchema = v.variant('status', [
  FinishedSchema,
  v.object({ ...trialEntries, status: v.literal('pruned'), message: v.string() }),
  v.object({ ...trialEntries, status: v.literal('failed'), message: v.string() }),
]);
const EndSchema = v.object({
  kind: v.literal('end'),
  reason: v.picklist(['finished', 'trials', 'parameters', 'time', 'stopped']),
});
const StartSchema = v.object({ kind: v.literal('trialStarted'), trial: CountSchema, ranks: RanksSchema });
const EpochSchema = v.object({
  kind: v.literal('epoch'),
  trial: CountSchema,
  epoch: CountSchema,
  validation: MetricsSchema,
});

export type StudyHeader = v.InferOutput<typeof HeaderSchema>;
export type TrialFacts = v.InferOutput<typeof TrialFactsSchema>;
export type FinishedTrial = v.InferOutput<typeof FinishedSchema>;
export type StudyTrial = v.InferOutput<typeof TrialSchema>;
export type StudyEnd = v.InferOutput<typeof EndSchema>;

/** A study as its records tell it. */
export interface StudyJournal {
  readonly header: StudyHeader;
  readonly space: RankSpace;
  /** In the order asked, each once: of several of one number the earliest counts. */
  readonly trials: readonly StudyTrial[];
  readonly end: StudyEnd | null;
  /** The trial that was started and has not ended, with its last epoch. */
  readonly running: {
    readonly trial: number;
    readonly ranks: readonly number[];
    readonly epoch: number | null;
    readonly validationMse: number | null;
  } | null;
  /** How long processes have worked at the study, all together. */
  readonly elapsedSeconds: number;
  /** Records that could not be read. */
  readonly problems: readonly string[];
}

/** Reads a study's records; `name` is what messages call the journal. Throws `input` where it is none of this version. */
export function readStudyJournal(
  records: readonly HistoryRecord[],
  name: string,
  damage: readonly string[] = [],
): StudyJournal {
  const headers = records.filter(({ kind }) => kind === 'study');
  const header = v.safeParse(HeaderSchema, headers[0]);
  if (!header.success) {
    const why = headers.length > 0 ? 'its settings are damaged or of another version of DARSE' : 'it has no settings';
    throw new DarseError('input', [`${name} is no study to work with: ${why}`, ...damage].join('\n  - '));
  }
  const trials = new Map<number, StudyTrial>();
  const problems = [...damage];
  let end: StudyEnd | null = null;
  let started: v.InferOutput<typeof StartSchema> | null = null;
  let epoch: v.InferOutput<typeof EpochSchema> | null = null;
  let elapsedSeconds = 0;
  for (const record of records) {
    const { elapsedSeconds: elapsed } = record;
    if (typeof elapsed === 'number' && elapsed > elapsedSeconds) elapsedSeconds = elapsed;
    switch (record.kind) {
      case 'trial': {
        const trial = read(TrialSchema, record, problems);
        if (trial && !trials.has(trial.trial)) trials.set(trial.trial, trial);
        break;
      }
      case 'end':
        end = read(EndSchema, record, problems) ?? end;
        break;
      case 'trialStarted':
        started = read(StartSchema, record, problems) ?? started;
        break;
      case 'epoch':
        epoch = read(EpochSchema, record, problems) ?? epoch;
        break;
      default:
    }
  }
  const { space } = header.output;
  const last = epoch !== null && epoch.trial === started?.trial ? epoch : null;
  return {
    header: header.output,
    space: { ...space, budget: space.budget ?? Number.POSITIVE_INFINITY },
    trials: [...trials.values()].sort((a, b) => a.trial - b.trial),
    end,
    running:
      started && end === null && !trials.has(started.trial)
        ? {
            trial: started.trial,
            ranks: started.ranks,
            epoch: last?.epoch ?? null,
            validationMse: last?.validation.mse ?? null,
          }
        : null,
    elapsedSeconds,
    problems,
  };
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
