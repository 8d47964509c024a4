import { CLASS_COUNT, CLASS_NAMES } from '../data/example.ts';
import type { EncoderConfig } from '../encoder/encoderConfig.ts';
import type { WritableTensor } from '../encoder/safetensorsWriter.ts';
import type { AdapterFolder, BaseModel } from '../export/adapterFolder.ts';
import { headShapes } from '../export/headShapes.ts';
import { adaLoraToLora } from '../lora/adaLoraToLora.ts';
import { type AdapterModule, adapterModule } from '../lora/adapter.ts';
import { loraAName, loraBName, tripletAName, tripletBName, tripletEName } from '../lora/loraLinear.ts';
import { linearModule, parseModulePath } from '../lora/modulePaths.ts';
import { DarseError } from '../study/darseError.ts';
import { type ParameterLayout, parameterLayout } from '../train/parameterSet.ts';
import { recordPrediction } from '../train/stepPlan.ts';
import { runSizes } from '../train/tokenInputs.ts';
import { type ModelSpec, predictionModel, type TrialSpec } from './trialSpec.ts';

/** The score cuts of spec.md eq. 16. */
const CLASS_CUTS = [-0.5, -0.049, 0.049, 0.5];

/** The adapter folder of a trial's trained tensors (by name): plain LoRA, also after AdaLoRA, without modules whose ranks were all cut. */
export function adapterFolderOf(
  spec: TrialSpec,
  config: EncoderConfig,
  base: BaseModel,
  parameters: ReadonlyMap<string, WritableTensor>,
): AdapterFolder {
  const tensor = (name: string): WritableTensor => {
    const found = parameters.get(name);
    if (!found) throw new DarseError('internal', `the trial has no tensor ${name}`);
    return found;
  };
  const regression = { kind: spec.head.regression, inputSize: config.hiddenSize, width: spec.head.width };
  const classification = {
    inputSize: config.hiddenSize,
    width: spec.head.width,
    classCount: CLASS_COUNT,
    dropout: spec.head.dropout,
  };
  return {
    modules: [...spec.adapter.scales].flatMap(([path, scale]): AdapterModule[] => {
      const place = parseModulePath(path);
      if (!place) throw new DarseError('internal', `${path} is no module of an encoder`);
      const module = linearModule(place.layer, place.target, config);
      const data = (name: string) => tensor(name).data;
      if (spec.adaLora === undefined) {
        return [adapterModule(module, spec.alpha, data(loraAName(path)), data(loraBName(path)))];
      }
      const triplets = { A: data(tripletAName(path)), B: data(tripletBName(path)), E: data(tripletEName(path)) };
      const cut = adaLoraToLora(module, triplets, scale);
      return cut ? [cut] : [];
    }),
    rsLora: spec.alpha.kind === 'rsLora',
    loraDropout: spec.loraDropout,
    settings: {
      base,
      pooling: spec.pooling,
      regression,
      classification,
      classNames: CLASS_NAMES,
      classCuts: CLASS_CUTS,
      maxTokens: spec.maxTokens,
    },
    heads: new Map([...headShapes(regression, classification).keys()].map((name) => [name, tensor(name)])),
  };
}

/** What predicts as an adapter folder says: model, layout and numbers. */
export interface Predictor {
  readonly spec: ModelSpec;
  readonly layout: ParameterLayout;
  readonly parameters: Float32Array;
}

/** The predictor of an adapter folder on a backbone; `input` error where they do not belong together. */
export function predictorOf(folder: AdapterFolder, config: EncoderConfig): Predictor {
  const { modules, settings, heads } = folder;
  if (settings.base.modelType !== config.modelType || settings.regression.inputSize !== config.hiddenSize) {
    throw new DarseError(
      'input',
      `the adapter is for a ${settings.base.modelType} of width ${settings.regression.inputSize} (${settings.base.nameOrPath}), ` +
        `the backbone is a ${config.modelType} of width ${config.hiddenSize}: name the right one with --model`,
    );
  }
  const spec: ModelSpec = {
    adapter: {
      ranks: new Map(modules.map(({ path, rank }) => [path, rank])),
      scales: new Map(modules.map(({ path, scale }) => [path, scale])),
    },
    pooling: settings.pooling,
    head: {
      regression: settings.regression.kind,
      width: settings.regression.width,
      dropout: settings.classification.dropout,
    },
    maxTokens: settings.maxTokens,
    padding: 'bucket',
  };
  const tensors = new Map([...heads].map(([name, { data }]) => [name, data] as const));
  for (const { path, A, B } of modules) tensors.set(loraAName(path), A).set(loraBName(path), B);
  const layout = parameterLayout(recordPrediction(predictionModel(spec, config)), runSizes(1, 1, spec.adapter.ranks));
  const parameters = new Float32Array(layout.length);
  for (const { name, offset, length } of layout.slots) {
    const data = tensors.get(name);
    if (data?.length !== length) {
      throw new DarseError(
        'input',
        `the adapter's ${name} holds ${data?.length ?? 'no'} numbers, this backbone needs ${length}`,
      );
    }
    parameters.set(data, offset);
    tensors.delete(name);
  }
  if (tensors.size > 0) {
    throw new DarseError(
      'input',
      `the adapter has tensors this backbone has no place for: ${[...tensors.keys()].join(', ')}`,
    );
  }
  return { spec, layout, parameters };
}
