import * as v from 'valibot';
import { ENGINE_NAMES, type EngineDescription } from '../shared/engines/engine.ts';
import type { Evaluation, Trial } from '../shared/search/evaluation.ts';
import { MetricsSchema } from '../shared/search/studyJournal.ts';
import { DarseError, ERROR_CODES } from '../shared/study/darseError.ts';
import type { StudyTrialEvent } from '../shared/trial/trialEvent.ts';

/** As structured clones carry them: NaN and infinities too, which the gate for results refuses. */
const NumberSchema = v.custom<number>((value) => typeof value === 'number');
const NumbersSchema = v.pipe(v.array(NumberSchema), v.readonly());
const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const LossesSchema = v.strictObject({ total: NumberSchema, regression: NumberSchema, classes: NumberSchema });

const EVENTS = {
  started: v.strictObject({
    kind: v.literal('started'),
    totalSteps: CountSchema,
    stepsPerEpoch: CountSchema,
    firstStep: CountSchema,
    curve: NumbersSchema,
    loraParameters: CountSchema,
    headParameters: CountSchema,
  }),
  step: v.strictObject({
    kind: v.literal('step'),
    step: CountSchema,
    epoch: CountSchema,
    learningRate: NumberSchema,
    losses: LossesSchema,
    orthogonality: v.exactOptional(NumberSchema),
    omega: v.exactOptional(NumberSchema),
    gradientNorm: NumberSchema,
    tokens: CountSchema,
  }),
  ranks: v.strictObject({
    kind: v.literal('ranks'),
    step: CountSchema,
    budget: CountSchema,
    total: CountSchema,
    ranks: v.record(v.string(), CountSchema),
    final: v.boolean(),
  }),
  ranksUncut: v.strictObject({ kind: v.literal('ranksUncut'), step: CountSchema }),
  evaluating: v.strictObject({
    kind: v.literal('evaluating'),
    part: v.picklist(['validation', 'test']),
    done: CountSchema,
    total: CountSchema,
  }),
  epoch: v.strictObject({
    kind: v.literal('epoch'),
    epoch: CountSchema,
    losses: LossesSchema,
    validation: MetricsSchema,
  }),
  testLook: v.strictObject({ kind: v.literal('testLook'), rowCount: CountSchema }),
  stoppedEarly: v.strictObject({ kind: v.literal('stoppedEarly'), epoch: CountSchema, bestEpoch: CountSchema }),
  problem: v.strictObject({ kind: v.literal('problem'), message: v.string() }),
  interrupted: v.strictObject({ kind: v.literal('interrupted'), step: CountSchema }),
} satisfies Record<StudyTrialEvent['kind'], v.GenericSchema<unknown, StudyTrialEvent>>;

const CurveEntries = { curve: v.exactOptional(NumbersSchema) };
const FactsEntries = { facts: v.exactOptional(v.unknown()) };
const EvaluationSchema = v.variant('status', [
  v.strictObject({
    status: v.literal('finished'),
    score: NumberSchema,
    importance: v.exactOptional(NumbersSchema),
    squaredErrors: v.exactOptional(NumbersSchema),
    ...CurveEntries,
    ...FactsEntries,
  }),
  v.strictObject({ status: v.literal('pruned'), message: v.string(), ...CurveEntries, ...FactsEntries }),
  v.strictObject({ status: v.literal('failed'), message: v.string(), ...FactsEntries }),
]) satisfies v.GenericSchema<unknown, Evaluation>;

const TrialSchema = v.strictObject({
  number: CountSchema,
  ranks: v.pipe(v.array(CountSchema), v.readonly()),
  seed: v.exactOptional(CountSchema),
  learningRate: v.exactOptional(v.number()),
  onTest: v.exactOptional(v.literal(true)),
}) satisfies v.GenericSchema<unknown, Trial>;

const EngineSchema = v.strictObject({
  name: v.picklist(ENGINE_NAMES),
  precision: v.literal('float32'),
  device: v.string(),
  versions: v.record(v.string(), v.string()),
  deterministic: v.boolean(),
}) satisfies v.GenericSchema<unknown, EngineDescription>;

/** What a worker is told. It runs one trial at a time. */
const ToWorkerSchema = v.variant('kind', [
  /** The first message: the study to open. */
  v.strictObject({
    kind: v.literal('open'),
    /** The study's folder, or what the host calls the place of its checkpoints and adapters. */
    folder: v.string(),
    /** See `STUDY_FIELDS`. */
    settings: v.record(v.string(), v.unknown()),
    checkpointSeconds: v.number(),
  }),
  v.strictObject({ kind: v.literal('train'), trial: TrialSchema }),
  /** Save the trial of that number and end it; nothing where it does not run. */
  v.strictObject({ kind: v.literal('stop'), trial: CountSchema }),
]);

/** What a worker tells. */
const FromWorkerSchema = v.variant('kind', [
  /** `key`: see `StudyHeader`; where it is not the study's own, the worker would train something else. */
  v.strictObject({ kind: v.literal('opened'), key: v.string(), engine: EngineSchema }),
  v.strictObject({
    kind: v.literal('event'),
    trial: CountSchema,
    event: v.variant('kind', Object.values(EVENTS)),
  }),
  /** null: it was stopped. */
  v.strictObject({ kind: v.literal('ended'), trial: CountSchema, evaluation: v.nullable(EvaluationSchema) }),
  /** The study cannot be opened, or its trial neither ended nor failed: something is wrong with the study itself. */
  v.strictObject({ kind: v.literal('failed'), code: v.picklist(ERROR_CODES), message: v.string() }),
  /** A sign of life. */
  v.strictObject({ kind: v.literal('alive') }),
]);

export type ToWorker = v.InferOutput<typeof ToWorkerSchema>;
export type OpenMessage = Extract<ToWorker, { kind: 'open' }>;
export type FromWorker = v.InferOutput<typeof FromWorkerSchema>;

/** Reads a message to a worker; throws `internal` where it is none. */
export function parseToWorker(message: unknown): ToWorker {
  return read(ToWorkerSchema, message, 'to');
}

/** Reads a message from a worker; throws `internal` where it is none. */
export function parseFromWorker(message: unknown): FromWorker {
  return read(FromWorkerSchema, message, 'from');
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  message: unknown,
  direction: 'to' | 'from',
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, message);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'message'}: ${issue.message}`);
  throw new DarseError('internal', `a message ${direction} a worker cannot be read: ${problems.join('; ')}`);
}
