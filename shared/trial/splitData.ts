import type { EncodedExample } from '../data/encodedExample.ts';
import type { Example } from '../data/example.ts';
import type { DataSet } from '../data/readExamples.ts';
import { formatSplit, parseSplit, partsOf, type Split } from '../data/split.ts';
import { SPLIT_METHOD, splitExamples } from '../data/splitExamples.ts';
import type { TextTokenizer } from '../data/tokenizer.ts';
import { sha256Hex } from '../study/sha256.ts';
import { parsePartShares } from './numberLists.ts';
import type { TrainingSettings } from './trainingFields.ts';
import type { TrialData } from './trialSpec.ts';

/** A data set in its parts. */
export interface SplitData {
  readonly dataSet: DataSet;
  readonly parts: {
    readonly train: readonly Example[];
    readonly validation: readonly Example[];
    readonly test: readonly Example[];
  };
  /** The split as a JSON file. */
  readonly splitText: string;
  readonly splitHash: string;
}

/** Splits a data set as `given` says (a parsed split file and its name), else by seed; of the training part the first `trainRows` stay. */
export function splitData(
  dataSet: DataSet,
  dataName: string,
  { seed, parts: shares, trainRows }: Pick<TrainingSettings, 'seed' | 'parts' | 'trainRows'>,
  given?: { readonly json: unknown; readonly name: string },
): SplitData {
  const { examples, hash: dataHash } = dataSet;
  const split: Split = given
    ? parseSplit(given.json, examples)
    : splitExamples(examples, { seed, ...parsePartShares(shares) });
  const parts = partsOf(examples, split);
  const train = parts.train.slice(0, trainRows ?? parts.train.length);
  const method = given ? `given: ${given.name}` : SPLIT_METHOD;
  const ids = { ...split, train: train.map(({ id }) => id) };
  const splitText = formatSplit(ids, { dataset: dataName, seed, method, dataHash });
  return { dataSet, parts: { ...parts, train }, splitText, splitHash: sha256Hex(splitText) };
}

/** The parts as tokens, each text cut to `maxTokens`. */
export function encodeParts(parts: SplitData['parts'], tokenizer: TextTokenizer, maxTokens: number): TrialData {
  const encode = (examples: readonly Example[]): EncodedExample[] =>
    examples.map((example, number) => ({
      ...example,
      ids: tokenizer.encode(example.text, maxTokens).ids,
      number,
    }));
  return { train: encode(parts.train), validation: encode(parts.validation), test: encode(parts.test) };
}
