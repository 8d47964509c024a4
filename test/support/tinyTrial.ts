import { CLASS_COUNT, classOfScore } from '../../shared/data/example.ts';
import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { EncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { expandRanks } from '../../shared/lora/rankMap.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';
import { ADAMW_DEFAULTS } from '../../shared/train/adamW.ts';
import type { TrialData, TrialSpec } from '../../shared/trial/trialSpec.ts';

/** A trial of a few small steps with every kind of dropout on; query and value of each layer at rank 2. */
export function tinySpec(config: EncoderConfig, changes: Partial<TrialSpec> = {}): TrialSpec {
  const ranks = expandRanks(
    Array.from({ length: config.layerCount }, () => 2),
    ['query', 'value'],
  );
  return {
    seed: 0,
    alpha: { kind: 'rank' },
    adapter: adapterSpec(ranks, { kind: 'rank' }),
    loraDropout: 0.1,
    backboneDropout: {
      hidden: 0.1,
      attention: 0.1,
    },
    pooling: 'mean',
    head: {
      regression: 'paper',
      width: 8,
      dropout: 0.1,
    },
    lossWeights: {
      regression: 1,
      classes: 1,
    },
    classWeights: Array.from({ length: CLASS_COUNT }, () => 1),
    learningRate: 0.005,
    adamW: ADAMW_DEFAULTS,
    schedule: {
      kind: 'cosine',
      warmupFraction: 0.1,
      finalFraction: 0,
    },
    clipNorm: 1,
    epochs: 3,
    batchSize: 8,
    microBatchSize: 8,
    maxTokens: 24,
    padding: 'bucket',
    patience: null,
    objective: 'last',
    ...changes,
  };
}

/** Special tokens and padding have ids below this one. */
const FIRST_WORD = 3;
const SHORTEST = 4;
const LONGEST = 11;

/** How many good words there are, and how many bad ones. */
const WORDS = 4;

/** Labelled token rows that a model can learn: some words are good, others bad, and a text's score is the balance of the two. */
export function tinyExamples({ vocabularySize }: EncoderConfig, count: number, seed: number): EncodedExample[] {
  const firstBad = Math.floor((FIRST_WORD + vocabularySize) / 2);
  return Array.from({ length: count }, (_, number) => {
    const key = randomKey(seed, 'example', number);
    const words = SHORTEST + Math.floor(uniformAt(key, 0) * (LONGEST - SHORTEST + 1)) - 2;
    const goodness = uniformAt(key, 1);
    let balance = 0;
    const ids = Int32Array.from({ length: words + 2 }, (_unused, place) => {
      if (place === 0) return 0;
      if (place === words + 1) return 2;
      const good = uniformAt(key, 2 * place) < goodness;
      balance += good ? 1 : -1;
      return (good ? FIRST_WORD : firstBad) + Math.floor(uniformAt(key, 2 * place + 1) * WORDS);
    });
    const score = balance / words;
    return { id: `${seed}-${number}`, text: '', score, label: classOfScore(score), ids, number };
  });
}

/** Three parts of such rows. */
export function tinyData(config: EncoderConfig, trainCount = 40): TrialData {
  return {
    train: tinyExamples(config, trainCount, 1),
    validation: tinyExamples(config, 20, 2),
    test: tinyExamples(config, 12, 3),
  };
}
