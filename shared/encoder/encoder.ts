import type { Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';
import { encoderLayerBackward, encoderLayerForward, type LayerSettings, type SavedLayer } from './encoderLayer.ts';
import { layerNormForward } from './layerNorm.ts';

/** Names of the batch inputs that an encoder reads. */
export const EMBEDDINGS = 'embeddings';
export const KEY_BIAS = 'keyBias';

export interface EncoderOutput {
  /** The embedding after its LayerNorm, then each layer's output; [B*T, D], the last [B, D] with `firstTokenOnly`. */
  readonly hiddenStates: readonly Value[];
  readonly saved: readonly SavedLayer[];
}

/**
 * The whole encoder on batch inputs `embeddings` [B*T, D] (word + position + type rows, before LayerNorm) and `keyBias` [B, T].
 * With `firstTokenOnly` the last layer is computed for each example's first token.
 */
export function encoderForward(recorder: Recorder, settings: LayerSettings, firstTokenOnly: boolean): EncoderOutput {
  const { config, dropout } = settings;
  const keyBias = recorder.batch(KEY_BIAS, ['B', 'T']);
  const embedded = layerNormForward(
    recorder,
    recorder.batch(EMBEDDINGS, ['B*T', config.hiddenSize]),
    'embeddings.LayerNorm',
    config,
  );
  let x = recorder.dropout(embedded.y, 'embeddings.dropout', { rate: dropout.hidden, rows: 'tokens' });
  const hiddenStates = [x];
  const saved: SavedLayer[] = [];
  for (let layer = 0; layer < config.layerCount; layer++) {
    const last = layer === config.layerCount - 1;
    const result = encoderLayerForward(recorder, x, keyBias, layer, settings, firstTokenOnly && last);
    x = result.output;
    hiddenStates.push(x);
    saved.push(result.saved);
  }
  return { hiddenStates, saved };
}

/** Backward through the layers from the top down to the lowest adapted one; nothing is recorded below it. */
export function encoderBackward(recorder: Recorder, dOutput: Value, saved: readonly SavedLayer[]): void {
  const lowest = saved.findIndex(({ linears }) => Object.values(linears).some(({ adapter }) => adapter !== undefined));
  if (lowest === -1) return;
  let dx: Value | undefined = dOutput;
  for (let layer = saved.length - 1; layer >= lowest; layer--) {
    const savedLayer = saved[layer];
    if (!savedLayer || !dx) return;
    dx = encoderLayerBackward(recorder, dx, savedLayer, layer > lowest);
  }
}
