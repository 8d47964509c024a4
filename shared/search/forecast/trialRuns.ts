import { epochBatches, evaluationBatches, paddedLength } from '../../data/batches.ts';
import { EVALUATION_BATCH } from '../../trial/runTrial.ts';
import type { TrialSpec } from '../../trial/trialSpec.ts';

/** The sizes of one run of a plan: rows, and the tokens that each is padded to. */
export interface RunSize {
  readonly rows: number;
  readonly tokens: number;
}

type Batching = Pick<TrialSpec, 'batchSize' | 'microBatchSize' | 'padding' | 'maxTokens' | 'seed'>;

/** The runs of each step of an epoch, micro-batches apart, for training texts of these lengths; exactly those of `runTrial`. */
export function epochRuns(lengths: readonly number[], spec: Batching, epoch: number): RunSize[][] {
  const batches = epochBatches(lengths, spec.batchSize, spec.padding, spec.seed, epoch);
  return batches.map((batch) => {
    const runs: RunSize[] = [];
    for (let start = 0; start < batch.length; start += spec.microBatchSize) {
      runs.push(runSizeOf([...batch.subarray(start, start + spec.microBatchSize)], lengths, spec));
    }
    return runs;
  });
}

/** The runs of one evaluation of texts of these lengths. */
export function evaluationRuns(lengths: readonly number[], spec: Batching): RunSize[] {
  return evaluationBatches(lengths, EVALUATION_BATCH).map((batch) => runSizeOf([...batch], lengths, spec));
}

function runSizeOf(rows: readonly number[], lengths: readonly number[], { maxTokens, padding }: Batching): RunSize {
  const longest = Math.max(...rows.map((row) => lengths[row] ?? 0));
  return { rows: rows.length, tokens: paddedLength(longest, maxTokens, padding) };
}
