import { classBalance } from '../../shared/data/classBalance.ts';
import { lengthHistogram } from '../../shared/data/lengthHistogram.ts';
import { previewTable, type TablePreview } from '../../shared/data/previewTable.ts';
import { readExamples } from '../../shared/data/readExamples.ts';
import { tableFormat } from '../../shared/data/readTable.ts';
import type { RunHeader } from '../../shared/history/runHeader.ts';
import { trivialPredictor } from '../../shared/metrics/trivialPredictor.ts';
import type { ByteSource } from '../../shared/study/byteSource.ts';
import { columnOptions } from '../../shared/trial/columnOptions.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { encodeParts, splitData } from '../../shared/trial/splitData.ts';
import { trialKey } from '../../shared/trial/trialKey.ts';
import type { TrialData, TrialSpec } from '../../shared/trial/trialSpec.ts';
import { fetchBytes } from './fetchBytes.ts';
import { type LoadedModel, loadModel } from './loadModel.ts';
import { blobSource, memorySource } from './memorySource.ts';
import type { ChosenEngine } from './pageEngines.ts';
import type { DataFile, FromService, InspectedData, OpenedTraining, OpenRequest } from './trainingMessages.ts';
import type { WarmParts } from './warmParts.ts';

/** A training with all it runs on. */
export interface Training {
  readonly opened: OpenedTraining;
  readonly spec: TrialSpec;
  readonly data: TrialData;
  readonly model: LoadedModel;
  readonly chosen: ChosenEngine;
}

/** Reads and splits the data, and opens model and engine unless `warm` has them. Throws what is wrong with data or settings. */
export async function openTraining(
  { darse, model: wanted, data: file, settings: given }: OpenRequest,
  warm: WarmParts,
  tell: (message: FromService) => void,
): Promise<Training> {
  const settings = readTrainingSettings(null, {}, given);
  const model = await openModel(wanted, warm, tell);
  const { backbone, tokenizer } = model;
  const dataSet = await readExamples(await openData(file), columnOptions(settings));
  const split = splitData(dataSet, file.name, settings);
  const spec = trialSpecOf(settings, backbone.config, split.parts.train);
  const data = encodeParts(split.parts, tokenizer, spec.maxTokens);
  const chosen = await warm.engine(settings, backbone.readConstant);
  const ground = { dataHash: dataSet.hash, splitHash: split.splitHash, model: model.identity };
  const header: RunHeader = {
    format: 'darse-run',
    version: 1,
    darse,
    key: trialKey(spec, ground),
    ground,
    settings,
    dataName: file.name,
    modelName: wanted.name,
    rows: { train: data.train.length, validation: data.validation.length, test: data.test.length },
    trivial: {
      validation: trivialPredictor(data.train, data.validation).metrics,
      test: data.test.length > 0 ? trivialPredictor(data.train, data.test).metrics : null,
    },
    engine: chosen.engine.description,
    engineReason: chosen.reason,
  };
  const whole = split.parts.train.map(({ text }) => tokenizer.encode(text, Number.POSITIVE_INFINITY).ids.length);
  const opened = {
    header,
    balance: classBalance(split.parts.train),
    lengths: lengthHistogram(whole, spec.maxTokens),
  };
  return { opened, spec, data, model, chosen };
}

/** The class balance and lengths of all texts of a data file. Throws what is wrong with the file or the chosen columns. */
export async function inspectData(
  { model: wanted, data: file, settings: given }: OpenRequest,
  warm: WarmParts,
  tell: (message: FromService) => void,
): Promise<InspectedData> {
  const settings = readTrainingSettings(null, {}, given);
  const { examples } = await readExamples(await openData(file), columnOptions(settings));
  const { tokenizer, backbone } = await openModel(wanted, warm, tell);
  const { maxTokens } = trialSpecOf(settings, backbone.config, examples);
  const lengths = examples.map(({ text }) => tokenizer.encode(text, Number.POSITIVE_INFINITY).ids.length);
  return { balance: classBalance(examples), lengths: lengthHistogram(lengths, maxTokens) };
}

/** The first rows of a data file. */
export async function previewData(file: DataFile): Promise<TablePreview> {
  return previewTable(await openData(file), tableFormat(file.name), PREVIEWED_ROWS);
}

const PREVIEWED_ROWS = 5;

function openModel(
  wanted: OpenRequest['model'],
  warm: WarmParts,
  tell: (message: FromService) => void,
): Promise<LoadedModel> {
  return warm.model(wanted.url, () =>
    loadModel(wanted, (done, total) => tell({ kind: 'loading', what: 'the backbone', done, total })),
  );
}

async function openData(file: DataFile): Promise<ByteSource> {
  return 'blob' in file ? blobSource(file.name, file.blob) : memorySource(file.name, await fetchBytes(file.url));
}
