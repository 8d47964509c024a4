import { gradientName } from '../lora/loraLinear.ts';
import type { Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';

/** A trained linear layer of a head: tensors `NAME.weight` [O, I] and `NAME.bias` [O]. */
export interface DenseLayer {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
}

/** y [B, O] = x Wᵀ + b. */
export function denseForward(recorder: Recorder, x: Value, layer: DenseLayer): Value {
  const addend = recorder.parameter(`${layer.name}.bias`, [layer.outputSize]);
  return recorder.matMul(x, weight(recorder, layer), { transposeB: true, addend });
}

/** dW and db become outputs of the plan; returns dx [B, I] + addend where `needsInput`. */
export function denseBackward(
  recorder: Recorder,
  dy: Value,
  x: Value,
  layer: DenseLayer,
  { needsInput, addend }: { needsInput: boolean; addend?: Value | undefined },
): Value | undefined {
  recorder.output(gradientName(`${layer.name}.weight`), recorder.matMul(dy, x, { transposeA: true }));
  recorder.output(gradientName(`${layer.name}.bias`), recorder.sumRows(dy));
  return needsInput ? recorder.matMul(dy, weight(recorder, layer), { addend }) : undefined;
}

function weight(recorder: Recorder, { name, inputSize, outputSize }: DenseLayer): Value {
  return recorder.parameter(`${name}.weight`, [outputSize, inputSize]);
}
