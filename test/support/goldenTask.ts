import type { EncodedExample } from '../../shared/data/encodedExample.ts';
import type { Backbone } from '../../shared/encoder/backbone.ts';
import type { Adaptation } from '../../shared/lora/loraLinear.ts';
import type { TaskModel } from '../../shared/train/stepPlan.ts';
import type { GoldenTensor } from './goldenTensors.ts';

/** Weights of the two losses in the golden training runs. */
export const GOLDEN_LOSS_WEIGHTS = { regression: 0.7, classes: 0.3 };

/** The task of the golden training runs, its heads as wide as their `initial` tensors; no dropout. */
export function goldenTaskModel(
  { config }: Backbone,
  initial: ReadonlyMap<string, GoldenTensor>,
  adaptation: Adaptation,
): TaskModel {
  const widthOf = (tensor: string) => initial.get(tensor)?.shape[0] ?? 0;
  const inputSize = config.hiddenSize;
  return {
    config,
    pooling: 'first',
    adaptation,
    backboneDropout: { hidden: 0, attention: 0 },
    regression: { kind: 'paper', inputSize, width: widthOf('regression.0.weight') },
    classes: {
      inputSize,
      width: widthOf('classification.0.weight'),
      classCount: widthOf('classification.2.weight'),
      dropout: 0,
    },
    lossWeights: GOLDEN_LOSS_WEIGHTS,
  };
}

/** The rows of a golden `data.safetensors`, without padding. */
export function goldenExamples(data: ReadonlyMap<string, GoldenTensor>): EncodedExample[] {
  const get = (name: string) => {
    const tensor = data.get(name);
    if (!tensor) throw new Error(`data.safetensors lacks ${name}`);
    return tensor;
  };
  const [count = 0, width = 0] = get('input_ids').shape;
  return Array.from({ length: count }, (_, number) => {
    const row = (name: string) => get(name).data.subarray(number * width, (number + 1) * width);
    const length = row('attention_mask').reduce((sum, attended) => sum + attended, 0);
    const ids = Int32Array.from(row('input_ids').subarray(0, length));
    return { id: String(number), text: '', number, ids, score: get('y').data[number]!, label: get('c').data[number]! };
  });
}
