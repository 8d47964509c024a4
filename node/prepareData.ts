import { basename } from 'node:path';
import { classBalance } from '../shared/data/classBalance.ts';
import { describeClassBalance, describeLengths } from '../shared/data/describeData.ts';
import { lengthHistogram } from '../shared/data/lengthHistogram.ts';
import { type DataSet, readExamples } from '../shared/data/readExamples.ts';
import type { TextTokenizer } from '../shared/data/tokenizer.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { Settings } from '../shared/study/fields.ts';
import { columnOptions } from '../shared/trial/columnOptions.ts';
import { type SplitData, splitData } from '../shared/trial/splitData.ts';
import type { DATA_FIELDS, TrainingSettings } from '../shared/trial/trainingFields.ts';
import { readJsonObject } from './commandContext.ts';
import { openFileSource } from './fileSource.ts';

type DataSettings = Settings<typeof DATA_FIELDS>;

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

/** Reads and splits the data of a training run, by the given split or by seed. */
export async function readSplitData(settings: TrainingSettings): Promise<SplitData> {
  const dataSet = await readLabelled(settings);
  const { split } = settings;
  const given = split === null ? undefined : { json: await readJsonObject(split), name: basename(split) };
  return splitData(dataSet, basename(dataSet.name), settings, given);
}

/** What a user wants to see of the data before training. */
export function describeParts({ dataSet, parts }: SplitData, tokenizer: TextTokenizer, maxTokens: number): string[] {
  const sizes = [parts.train, parts.validation, parts.test].map(({ length }) => length);
  const leftOut = sizes.reduce((rest, size) => rest - size, dataSet.examples.length);
  const whole = parts.train.map(({ text }) => tokenizer.encode(text, Number.POSITIVE_INFINITY).ids.length);
  return [
    `${basename(dataSet.name)}: ${dataSet.examples.length} texts; training ${sizes[0]}, validation ${sizes[1]}, test ${sizes[2]}${leftOut > 0 ? `, left out ${leftOut}` : ''}`,
    'classes of the training part:',
    ...describeClassBalance(classBalance(parts.train)).map(indented),
    'tokens per training text:',
    ...describeLengths(lengthHistogram(whole, maxTokens)).map(indented),
  ];
}

function indented(line: string): string {
  return `  ${line}`;
}
