import type { DropoutSite, Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';
import { denseBackward, type DenseLayer, denseForward } from './denseLayer.ts';

export interface ClassHead {
  readonly inputSize: number;
  readonly width: number;
  readonly classCount: number;
  /** Before each of its two linear layers, while training. */
  readonly dropout: number;
}

export interface SavedClassHead {
  readonly head: ClassHead;
  readonly dropped: Value; // [B, D]
  readonly hidden: Value; // [B, W], after tanh
  readonly droppedHidden: Value;
}

export function classLayers({ inputSize, width, classCount }: ClassHead): readonly [DenseLayer, DenseLayer] {
  return [
    { name: 'classification.0', inputSize, outputSize: width },
    { name: 'classification.2', inputSize: width, outputSize: classCount },
  ];
}

/** Logits [B, C] = L2(dropout(tanh(L1(dropout(pooled))))), spec.md eq. 17 and 18; pooled [B, D]. */
export function classForward(
  recorder: Recorder,
  pooled: Value,
  head: ClassHead,
): { logits: Value; saved: SavedClassHead } {
  const [first, second] = classLayers(head);
  const [outer, inner] = classSites(head);
  const dropped = recorder.dropout(pooled, ...outer);
  const hidden = recorder.tanh(denseForward(recorder, dropped, first));
  const droppedHidden = recorder.dropout(hidden, ...inner);
  const logits = denseForward(recorder, droppedHidden, second);
  return { logits, saved: { head, dropped, hidden, droppedHidden } };
}

/** Head gradients as outputs of the plan; dPooled [B, D] where `needsInput`. */
export function classBackward(
  recorder: Recorder,
  dLogits: Value,
  { head, dropped, hidden, droppedHidden }: SavedClassHead,
  needsInput: boolean,
): Value | undefined {
  const [first, second] = classLayers(head);
  const [outer, inner] = classSites(head);
  const dDroppedHidden = denseBackward(recorder, dLogits, droppedHidden, second, { needsInput: true });
  if (!dDroppedHidden) return undefined;
  const dHidden = recorder.tanhGradient(recorder.dropout(dDroppedHidden, ...inner), hidden);
  const dDropped = denseBackward(recorder, dHidden, dropped, first, { needsInput });
  return dDropped && recorder.dropout(dDropped, ...outer);
}

function classSites({ dropout }: ClassHead): [[string, DropoutSite], [string, DropoutSite]] {
  const site: DropoutSite = { rate: dropout, rows: 'examples' };
  return [
    ['classification.dropout.0', site],
    ['classification.dropout.1', site],
  ];
}
