import {
  type Adaptation,
  type LinearModule,
  loraLinearBackward,
  loraLinearForward,
  type SavedLoraLinear,
} from '../lora/loraLinear.ts';
import { linearModule, type Target } from '../lora/modulePaths.ts';
import type { DropoutSite, Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';
import type { EncoderConfig } from './encoderConfig.ts';
import { layerNormForward, type SavedLayerNorm } from './layerNorm.ts';

/** The backbone's own dropout while training; both 0 leaves none. */
export interface BackboneDropout {
  readonly hidden: number;
  readonly attention: number;
}

/** How a layer is recorded. */
export interface LayerSettings {
  readonly config: EncoderConfig;
  readonly adaptation: Adaptation;
  readonly dropout: BackboneDropout;
}

/** The six linear modules of a layer. */
function layerModules(config: EncoderConfig, layer: number): Record<Target, LinearModule> {
  const module = (target: Target) => linearModule(layer, target, config);
  return {
    query: module('query'),
    key: module('key'),
    value: module('value'),
    'attention.output': module('attention.output'),
    intermediate: module('intermediate'),
    output: module('output'),
  };
}

export interface SavedLayer {
  readonly settings: LayerSettings;
  readonly layer: number;
  readonly firstTokenOnly: boolean;
  readonly linears: Readonly<Record<Target, SavedLoraLinear>>;
  readonly query: Value; // [B, H, Q, E]
  readonly key: Value; // [B, H, T, E]
  readonly value: Value; // [B, H, T, E]
  readonly probabilities: Value; // [B, H, Q, T]
  readonly droppedProbabilities: Value;
  readonly attentionNorm: SavedLayerNorm;
  readonly intermediate: Value; // [B*Q, F], before the GELU
  readonly outputNorm: SavedLayerNorm;
}

/**
 * One post-norm transformer layer (Devlin et al. 2019): x [B*T, D] → output [B*Q, D]. With `firstTokenOnly` Q = 1: query, attention
 * output and feed-forward are computed for every example's first token alone, keys and values for all; the result is
 * row 0 of the full layer exactly. `keyBias` [B, T] is 0 where attended and very negative where masked.
 */
export function encoderLayerForward(
  recorder: Recorder,
  x: Value,
  keyBias: Value,
  layer: number,
  settings: LayerSettings,
  firstTokenOnly: boolean,
): { output: Value; saved: SavedLayer } {
  const { config, adaptation } = settings;
  const modules = layerModules(config, layer);
  const rows = firstTokenOnly ? 'examples' : 'tokens';
  const length = firstTokenOnly ? 1 : 'T';
  const linear = (input: Value, module: LinearModule, inputRows: 'tokens' | 'examples') =>
    loraLinearForward(recorder, input, module, adaptation, inputRows);
  const sites = layerSites(layer, settings, rows);

  const xOfQueries = firstTokenOnly ? recorder.firstToken(x) : x;
  const q = linear(xOfQueries, modules.query, rows);
  const k = linear(x, modules.key, 'tokens');
  const v = linear(x, modules.value, 'tokens');
  const query = recorder.splitHeads(q.y, config.headCount, length); // [B, H, Q, E]
  const key = recorder.splitHeads(k.y, config.headCount, 'T');
  const value = recorder.splitHeads(v.y, config.headCount, 'T');
  const scores = recorder.batchMatMul(query, key, { transposeB: true }); // [B, H, Q, T]
  const probabilities = recorder.attentionSoftmax(scores, keyBias, scoreFactor(config));
  const droppedProbabilities = recorder.dropout(probabilities, ...sites.probabilities);
  const context = recorder.mergeHeads(recorder.batchMatMul(droppedProbabilities, value)); // [B*Q, D]

  const attended = linear(context, modules['attention.output'], rows);
  const attention = layerNormForward(
    recorder,
    recorder.add(recorder.dropout(attended.y, ...sites.attentionOutput), xOfQueries),
    `encoder.layer.${layer}.attention.output.LayerNorm`,
    config,
  );
  const inner = linear(attention.y, modules.intermediate, rows); // [B*Q, F]
  const outer = linear(recorder.gelu(inner.y), modules.output, rows);
  const result = layerNormForward(
    recorder,
    recorder.add(recorder.dropout(outer.y, ...sites.output), attention.y),
    `encoder.layer.${layer}.output.LayerNorm`,
    config,
  );
  return {
    output: result.y,
    saved: {
      settings,
      layer,
      firstTokenOnly,
      linears: {
        query: q.saved,
        key: k.saved,
        value: v.saved,
        'attention.output': attended.saved,
        intermediate: inner.saved,
        output: outer.saved,
      },
      query,
      key,
      value,
      probabilities,
      droppedProbabilities,
      attentionNorm: attention.saved,
      intermediate: inner.y,
      outputNorm: result.saved,
    },
  };
}

/**
 * Backward of encoderLayerForward: adapter gradients become outputs of the plan; returns dx [B*T, D] where `needsInput`.
 * Whatever no adapter of this layer and nothing below it needs is not recorded.
 */
export function encoderLayerBackward(
  recorder: Recorder,
  dOutput: Value,
  saved: SavedLayer,
  needsInput: boolean,
): Value | undefined {
  const { settings, linears, firstTokenOnly } = saved;
  const { config } = settings;
  const rows = firstTokenOnly ? 'examples' : 'tokens';
  const sites = layerSites(saved.layer, settings, rows);
  const isAdapted = (linear: SavedLoraLinear) => linear.adapter !== undefined;
  const needsQuery = needsInput || isAdapted(linears.query);
  const needsKey = needsInput || isAdapted(linears.key);
  const needsValue = needsInput || isAdapted(linears.value);
  const needsContext = needsQuery || needsKey || needsValue;
  const needsAttended = needsContext || isAdapted(linears['attention.output']);
  const needsInner = needsAttended || isAdapted(linears.intermediate);

  const dSum = recorder.layerNormGradient(dOutput, saved.outputNorm);
  const dOuter = recorder.dropout(dSum, ...sites.output);
  const dActivated = loraLinearBackward(recorder, dOuter, linears.output, { needsInput: needsInner });
  if (!dActivated) return undefined;
  const dInner = recorder.geluGradient(dActivated, saved.intermediate);
  const dAttention = loraLinearBackward(recorder, dInner, linears.intermediate, {
    needsInput: needsAttended,
    addend: dSum,
  });
  if (!dAttention) return undefined;

  const dResidual = recorder.layerNormGradient(dAttention, saved.attentionNorm);
  const dAttended = recorder.dropout(dResidual, ...sites.attentionOutput);
  const dContext = loraLinearBackward(recorder, dAttended, linears['attention.output'], { needsInput: needsContext });
  if (!dContext) return undefined;

  const dHeads = recorder.splitHeads(dContext, config.headCount, firstTokenOnly ? 1 : 'T'); // [B, H, Q, E]
  let dValue: Value | undefined;
  if (needsValue) {
    dValue = recorder.mergeHeads(recorder.batchMatMul(saved.droppedProbabilities, dHeads, { transposeA: true }));
  }
  let dQuery: Value | undefined;
  let dKey: Value | undefined;
  if (needsQuery || needsKey) {
    const dDropped = recorder.batchMatMul(dHeads, saved.value, { transposeB: true }); // [B, H, Q, T]
    const dProbabilities = recorder.dropout(dDropped, ...sites.probabilities);
    const dScores = recorder.attentionSoftmaxGradient(dProbabilities, saved.probabilities, scoreFactor(config));
    if (needsQuery) dQuery = recorder.mergeHeads(recorder.batchMatMul(dScores, saved.key));
    if (needsKey) dKey = recorder.mergeHeads(recorder.batchMatMul(dScores, saved.query, { transposeA: true }));
  }
  const into = (dy: Value | undefined, linear: SavedLoraLinear, addend: Value | undefined) =>
    dy && loraLinearBackward(recorder, dy, linear, { needsInput, addend });
  const dxOfQueries = into(dQuery, linears.query, dResidual);
  const dxOfKeys = into(dKey, linears.key, firstTokenOnly ? undefined : dxOfQueries);
  const dx = into(dValue, linears.value, dxOfKeys);
  return firstTokenOnly && dx && dxOfQueries ? recorder.firstTokenGradient(dxOfQueries, dx) : dx;
}

function scoreFactor({ hiddenSize, headCount }: EncoderConfig): number {
  return 1 / Math.sqrt(hiddenSize / headCount);
}

function layerSites(layer: number, { dropout }: LayerSettings, rows: 'tokens' | 'examples') {
  const site = (name: string, rate: number, siteRows: DropoutSite['rows']): [string, DropoutSite] => [
    `encoder.layer.${layer}.${name}.dropout`,
    { rate, rows: siteRows },
  ];
  return {
    probabilities: site('attention.self', dropout.attention, 'attention'),
    attentionOutput: site('attention.output', dropout.hidden, rows),
    output: site('output', dropout.hidden, rows),
  };
}
