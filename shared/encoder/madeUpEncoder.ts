import { normalAt, randomKey } from '../study/random.ts';
import { encoderTensors } from './backbone.ts';
import type { EncoderConfig } from './encoderConfig.ts';
import type { WritableTensor } from './safetensorsWriter.ts';

/** BERT's own for the weights of a new encoder. */
const WEIGHT_DEVIATION = 0.02;

/** An encoder that was never trained, as BERT begins: weights and tables ~ N(0, 0.02²), LayerNorm weights 1, biases 0. */
export function madeUpEncoder(config: EncoderConfig, seed: number): Map<string, WritableTensor> {
  return new Map(
    Array.from(encoderTensors(config), ([name, shape]) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      if (name.endsWith('LayerNorm.weight')) data.fill(1);
      else if (!name.endsWith('.bias')) {
        const key = randomKey(seed, name);
        for (let i = 0; i < data.length; i++) data[i] = WEIGHT_DEVIATION * normalAt(key, i);
      }
      return [name, { shape, data }];
    }),
  );
}
