import { encoderTensors } from '../../shared/encoder/backbone.ts';
import type { EncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import type { TensorStore } from '../../shared/encoder/tensorStore.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

/** Half the range of a weight: a standard deviation of 0.02, as encoders start training with. */
const WEIGHT_BOUND = 0.02 * Math.sqrt(3);

/** The tensors of an encoder with random weights, each made when it is asked for, so that large ones are never in memory whole. */
export function randomStore(config: EncoderConfig): TensorStore {
  const shapes = encoderTensors(config);
  return {
    names: () => shapes.keys(),
    info(name) {
      const shape = shapes.get(name);
      return shape && { dtype: 'F32', shape };
    },
    async readFloat32(name) {
      const length = (shapes.get(name) ?? []).reduce((product, size) => product * size, 1);
      const values = new Float32Array(length);
      if (name.endsWith('LayerNorm.weight')) return values.fill(1);
      const key = randomKey(0, name);
      for (let i = 0; i < length; i++) values[i] = (2 * uniformAt(key, i) - 1) * WEIGHT_BOUND;
      return values;
    },
  };
}
