import { type Backbone, encoderTensors, openBackbone } from '../../shared/encoder/backbone.ts';
import type { EncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import type { TensorStore } from '../../shared/encoder/tensorStore.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** A random encoder in memory, with its frozen tensors for oracles. */
export interface RandomBackbone {
  readonly backbone: Backbone;
  readonly constants: ReadonlyMap<string, Float32Array>;
}

/** An encoder small enough for finite differences through float64 loops. */
export function tinyConfig(changes: Partial<EncoderConfig> = {}): EncoderConfig {
  return {
    modelType: 'roberta',
    layerCount: 2,
    hiddenSize: 8,
    headCount: 2,
    intermediateSize: 12,
    vocabularySize: 40,
    positionCount: 40,
    tokenTypeCount: 1,
    layerNormEpsilon: 1e-5,
    padId: 1,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    ...changes,
  };
}

/** Every tensor of an encoder, drawn so that no layer is near to linear or saturated. */
export function randomTensors(config: EncoderConfig): Map<string, StoredTensor> {
  return new Map(
    Array.from(encoderTensors(config), ([name, shape]) => {
      const key = randomKey(7, name);
      const centre = name.endsWith('LayerNorm.weight') ? 1 : 0;
      const length = shape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length }, (_, i) => centre + 1.2 * uniformAt(key, i) - 0.6);
      return [name, { shape, data }];
    }),
  );
}

export function storeOf(tensors: ReadonlyMap<string, StoredTensor>, asked: string[] = []): TensorStore {
  return {
    names: () => tensors.keys(),
    info(name) {
      const tensor = tensors.get(name);
      return tensor && { dtype: 'F32', shape: tensor.shape };
    },
    async readFloat32(name) {
      asked.push(name);
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`no tensor ${name}`);
      return tensor.data;
    },
  };
}

export async function randomBackbone(config: EncoderConfig): Promise<RandomBackbone> {
  const tensors = randomTensors(config);
  const backbone = await openBackbone(storeOf(tensors), config, 'a random encoder');
  return { backbone, constants: new Map([...tensors].map(([name, { data }]) => [name, data])) };
}
