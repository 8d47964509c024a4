import { basename } from 'node:path';
import { classBalance } from '../shared/data/classBalance.ts';
import { describeClassBalance, describeLengths } from '../shared/data/describeData.ts';
import type { EncodedExample } from '../shared/data/encodedExample.ts';
import type { Example } from '../shared/data/example.ts';
import { lengthHistogram } from '../shared/data/lengthHistogram.ts';
import { parseScoreMap } from '../shared/data/parseScoreMap.ts';
import { type ColumnOptions, type DataSet, readExamples } from '../shared/data/readExamples.ts';
import { formatSplit, parseSplit, partsOf, type Split } from '../shared/data/split.ts';
import { SPLIT_METHOD, splitExamples } from '../shared/data/splitExamples.ts';
import type { TextTokenizer } from '../shared/data/tokenizer.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { Settings } from '../shared/study/fields.ts';
import { sha256Hex } from '../shared/study/sha256.ts';
import type { DATA_FIELDS, TrainingSettings } from '../shared/trial/trainingFields.ts';
import { parsePartShares } from '../shared/trial/numberLists.ts';
import type { TrialData } from '../shared/trial/trialSpec.ts';
import { readJsonObject } from './commandContext.ts';
import { openFileSource } from './fileSource.ts';

type DataSettings = Settings<typeof DATA_FIELDS>;

/** A data file read, split, and described in words. */
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

/** Reads `--data`; every problem of the file is one `input` error. */
export async function readLabelled(settings: DataSettings): Promise<DataSet> {
  return withSource(settings, (source) => readExamples(source, columnOptions(settings)));
}

/** Opens `--data` for a reader and closes it after. */
export async function withSource<T>(
  { data }: Pick<DataSettings, 'data'>,
  read: (source: Awaited<ReturnType<typeof openFileSource>>) => Promise<T>,
): Promise<T> {
  if (data === null) throw new DarseError('usage', 'name the file of texts with --data');
  const source = await openFileSource(data);
  try {
    return await read(source);
  } finally {
    await source.close();
  }
}

/** The columns that the settings name, for the readers. */
export function columnOptions(settings: DataSettings): ColumnOptions {
  const { format, scoreMap } = settings;
  return {
    textColumn: settings.textColumn,
    ...(format === 'auto' ? {} : { format }),
    ...(settings.scoreColumn === null ? {} : { scoreColumn: settings.scoreColumn }),
    ...(settings.classColumn === null ? {} : { classColumn: settings.classColumn }),
    ...(settings.idColumn === null ? {} : { idColumn: settings.idColumn }),
    ...(scoreMap === null ? {} : { scoreMap: parseScoreMap(scoreMap) }),
  };
}

/** Reads and splits the data of a training run, by the given split or by seed. */
export async function readSplitData(settings: TrainingSettings): Promise<SplitData> {
  const dataSet = await readLabelled(settings);
  const split: Split =
    settings.split === null
      ? splitExamples(dataSet.examples, { seed: settings.seed, ...parsePartShares(settings.parts) })
      : parseSplit(await readJsonObject(settings.split), dataSet.examples);
  const parts = partsOf(dataSet.examples, split);
  const train = parts.train.slice(0, settings.trainRows ?? parts.train.length);
  const splitText = formatSplit(
    { ...split, train: train.map(({ id }) => id) },
    {
      dataset: basename(dataSet.name),
      seed: settings.seed,
      method: settings.split === null ? SPLIT_METHOD : `given: ${basename(settings.split)}`,
      dataHash: dataSet.hash,
    },
  );
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

/** What a user wants to see of the data before training. */
export function describeParts({ dataSet, parts }: SplitData, tokenizer: TextTokenizer, maxTokens: number): string[] {
  const whole = parts.train.map(({ text }) => tokenizer.encode(text, Number.POSITIVE_INFINITY).ids.length);
  return [
    `${basename(dataSet.name)}: ${dataSet.examples.length} texts; training ${parts.train.length}, validation ${parts.validation.length}, test ${parts.test.length}`,
    'classes of the training part:',
    ...describeClassBalance(classBalance(parts.train)).map(indented),
    'tokens per training text:',
    ...describeLengths(lengthHistogram(whole, maxTokens)).map(indented),
  ];
}

function indented(line: string): string {
  return `  ${line}`;
}
