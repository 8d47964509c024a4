import * as v from 'valibot';

/** Both sides of a comparison are processes that answer a line of JSON with a line of JSON: peer_step.py and serveSteps.ts. */

/** The first request: make the model and the optimiser. */
export const OpenRequestSchema = v.object({
  /** The encoder's `config.json`. */
  config: v.record(v.string(), v.unknown()),
  /** A folder with `config.json` and `model.safetensors`; null for random weights made on the spot. */
  folder: v.nullable(v.string()),
  batch: v.number(),
  tokens: v.number(),
  pooling: v.picklist(['first', 'mean']),
  dropout: v.number(),
  rank: v.number(),
  headWidth: v.number(),
  /** Processor threads; null leaves the library's own choice. */
  threads: v.nullable(v.number()),
});
export type OpenRequest = v.InferOutput<typeof OpenRequestSchema>;

/** Every later request: so many training steps. */
export const StepsRequestSchema = v.object({ steps: v.number() });

/** Instead of any answer. */
const FailureSchema = v.object({ error: v.string() });

export const OpenedSchema = v.object({
  /** Versions, device, threads. */
  about: v.string(),
  /** Seconds from the request to a model that can be trained. */
  loadSeconds: v.number(),
  /** Most memory held at any time, before the request (the imports alone) and by now. */
  importMiB: v.number(),
  peakMiB: v.number(),
});
export type Opened = v.InferOutput<typeof OpenedSchema>;

export const StepTimesSchema = v.object({
  /** Wall and processor (all threads) milliseconds of each step. */
  ms: v.array(v.number()),
  cpuMs: v.array(v.number()),
  peakMiB: v.number(),
});
export type StepTimes = v.InferOutput<typeof StepTimesSchema>;

/** The answer that `line` holds; throws the failure that it tells of. */
export function parseAnswer<Schema extends v.GenericSchema>(schema: Schema, line: string): v.InferOutput<Schema> {
  const answer: unknown = JSON.parse(line);
  if (v.is(FailureSchema, answer)) throw new Error(answer.error);
  return v.parse(schema, answer);
}
