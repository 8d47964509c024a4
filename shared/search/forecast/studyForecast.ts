import * as v from 'valibot';

const RangeSchema = v.object({ low: v.number(), middle: v.number(), high: v.number() });
const PhaseSchema = v.object({
  trainings: RangeSchema,
  /** From the first one's beginning to the last one's end. */
  seconds: RangeSchema,
  /** Of one. */
  each: RangeSchema,
});
const SizeSchema = v.object({ epochs: v.number(), trials: v.number(), seeds: v.number(), cheaper: v.boolean() });

/** What a study was expected to take when it began, and what was cut off it to fit a time; plain data. */
export const StudyForecastSchema = v.object({
  /** How long the timing took, and of how many steps. */
  timing: v.object({ seconds: v.number(), steps: v.number() }),
  /** (seconds of a step) / (seconds modelled), the quartiles. */
  spread: v.object({ low: v.number(), high: v.number() }),
  /** Trainings at once. */
  parallel: v.number(),
  rates: v.nullable(PhaseSchema),
  search: PhaseSchema,
  confirmation: v.nullable(PhaseSchema),
  total: v.object({ trainings: RangeSchema, seconds: RangeSchema }),
  /** Most memory of a process that trains: expected, as timed, and what of it are frozen weights and what the largest batches of training and evaluation need. */
  memory: v.object({
    peakBytes: v.number(),
    timedPeakBytes: v.number(),
    weightBytes: v.number(),
    stepBytes: v.number(),
  }),
  /** What the confirmation can show; gains are shares of the uniform vector's MSE at 80 % power. */
  power: v.nullable(v.object({ seeds: v.number(), smallestGain: v.number(), askedGain: v.number() })),
  /** Where `--time` was too short for what was asked. */
  shrunk: v.nullable(v.object({ timeSeconds: v.number(), asked: SizeSchema, given: SizeSchema })),
});

export type StudyForecast = v.InferOutput<typeof StudyForecastSchema>;
