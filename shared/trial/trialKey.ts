import { sha256Hex } from '../study/sha256.ts';
import type { TrialSpec } from './trialSpec.ts';

/** What a trial's numbers depend on beside its settings. */
export interface TrialGround {
  /** See `hashExamples`. */
  readonly dataHash: string;
  /** SHA-256 of the split's id lists. */
  readonly splitHash: string;
  /** The backbone: a hub commit, or the SHA-256 of its files. */
  readonly model: {
    readonly name: string;
    readonly revision?: string | undefined;
    readonly sha256?: string | undefined;
  };
}

/** The key of a trial: SHA-256 of its settings and its ground. Two runs of one key train the same thing. */
export function trialKey(spec: TrialSpec, ground: TrialGround): string {
  return sha256Hex(JSON.stringify([ground, spec], (_, value: unknown) => (value instanceof Map ? [...value] : value)));
}
