import * as v from 'valibot';
import { sha256Hex } from '../study/sha256.ts';
import type { TrialSpec } from './trialSpec.ts';

/** What a trial's numbers depend on beside its settings. */
export const TrialGroundSchema = v.object({
  /** See `hashExamples`. */
  dataHash: v.string(),
  /** SHA-256 of the split's id lists. */
  splitHash: v.string(),
  /** The backbone: a hub commit, or the SHA-256 of its files. */
  model: v.object({ name: v.string(), revision: v.optional(v.string()), sha256: v.optional(v.string()) }),
});

export type TrialGround = Readonly<v.InferOutput<typeof TrialGroundSchema>>;

/** The key of a trial: SHA-256 of its settings and its ground. Two runs of one key train the same thing. */
export function trialKey(spec: TrialSpec, ground: TrialGround): string {
  return sha256Hex(JSON.stringify([ground, spec], (_, value: unknown) => (value instanceof Map ? [...value] : value)));
}
