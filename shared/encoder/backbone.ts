import { problemsError } from '../study/darseError.ts';
import { TARGETS, linearModule } from '../lora/modulePaths.ts';
import type { EncoderConfig } from './encoderConfig.ts';
import { type Embeddings, readEmbeddings } from './embeddings.ts';
import type { TensorStore } from './tensorStore.ts';

/** A frozen encoder: its embedding tables in memory, every other tensor read when an engine asks for it. */
export interface Backbone {
  readonly config: EncoderConfig;
  readonly embeddings: Embeddings;
  /** A tensor by its canonical name (`encoder.layer.0.output.dense.weight`), float32. */
  readonly readConstant: (name: string) => Promise<Float32Array>;
}

/** Checkpoints name the encoder itself, or as a part of a bigger model. */
const PREFIXES = ['', 'bert.', 'roberta.'];

/**
 * Opens a checkpoint as the encoder `config` describes. Tensors are found with or without the prefixes `bert.` and `roberta.` and under
 * LayerNorm's old names `gamma` and `beta`; poolers, task heads and buffers are ignored. Every missing or misfitting
 * tensor is listed in one `input` error.
 */
export async function openBackbone(store: TensorStore, config: EncoderConfig, name: string): Promise<Backbone> {
  const tensors = encoderTensors(config);
  const prefix =
    PREFIXES.find((candidate) => [...tensors.keys()].some((tensor) => store.info(candidate + tensor))) ?? '';
  const storedNames = new Map<string, string>();
  const problems: string[] = [];
  for (const [tensor, shape] of tensors) {
    const candidates = [tensor, oldLayerNormName(tensor)].map((candidate) => prefix + candidate);
    const stored = candidates.find((candidate) => store.info(candidate) !== undefined);
    const info = stored === undefined ? undefined : store.info(stored);
    if (stored === undefined || !info) {
      problems.push(`${prefix}${tensor} [${shape.join(', ')}] is missing`);
    } else if (info.shape.length !== shape.length || info.shape.some((size, i) => size !== shape[i])) {
      problems.push(`${stored} must be [${shape.join(', ')}] by config.json, got [${info.shape.join(', ')}]`);
    } else {
      storedNames.set(tensor, stored);
    }
  }
  if (problems.length > 0) {
    throw problemsError('input', `${name} does not hold the ${config.modelType} encoder of its config.json:`, problems);
  }
  const readConstant = (tensor: string) => store.readFloat32(storedNames.get(tensor) ?? tensor);
  return { config, embeddings: await readEmbeddings(readConstant, config), readConstant };
}

/** Every tensor of the encoder by canonical name, with its shape. */
export function encoderTensors(config: EncoderConfig): Map<string, number[]> {
  const { hiddenSize, layerCount } = config;
  const tensors = new Map<string, number[]>([
    ['embeddings.word_embeddings.weight', [config.vocabularySize, hiddenSize]],
    ['embeddings.position_embeddings.weight', [config.positionCount, hiddenSize]],
    ['embeddings.token_type_embeddings.weight', [config.tokenTypeCount, hiddenSize]],
  ]);
  const layerNorm = (path: string) => {
    tensors.set(`${path}.weight`, [hiddenSize]);
    tensors.set(`${path}.bias`, [hiddenSize]);
  };
  layerNorm('embeddings.LayerNorm');
  for (let layer = 0; layer < layerCount; layer++) {
    for (const target of TARGETS) {
      const { path, inputSize, outputSize } = linearModule(layer, target, config);
      tensors.set(`${path}.weight`, [outputSize, inputSize]);
      tensors.set(`${path}.bias`, [outputSize]);
    }
    layerNorm(`encoder.layer.${layer}.attention.output.LayerNorm`);
    layerNorm(`encoder.layer.${layer}.output.LayerNorm`);
  }
  return tensors;
}

function oldLayerNormName(tensor: string): string {
  return tensor.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
}
