import type { Shape } from './dimension.ts';

/** Where a value comes from before the first operation runs, or that an operation makes it. */
export type ValueSource =
  /** A frozen tensor of the backbone, by its checkpoint name. */
  | { readonly from: 'constant'; readonly name: string }
  /** A trained tensor, by its name. */
  | { readonly from: 'parameter'; readonly name: string }
  /** Made for each batch by the host: embeddings, masks, labels, weights of rows. */
  | { readonly from: 'batch'; readonly name: string }
  /** A dropout mask: 0 where dropped, 1 / (1 - rate) where kept. */
  | { readonly from: 'dropout'; readonly name: string; readonly site: DropoutSite }
  | { readonly from: 'operation' };

/**
 * A place where dropout acts. Its mask is a function of (seed, step, site name, example, position, feature) alone.
 * `rows` says what a mask's leading dimensions are: `tokens` [B*T, F], `examples` [B, F], `attention` [B, H, Q, T].
 */
export interface DropoutSite {
  readonly rate: number;
  readonly rows: 'tokens' | 'examples' | 'attention';
}

/** A float32 tensor of a plan. */
export interface Value {
  readonly id: number;
  readonly shape: Shape;
  readonly source: ValueSource;
}

interface Of<Kind extends string, Inputs extends string, Attributes = unknown> {
  readonly kind: Kind;
  readonly inputs: Readonly<Record<Inputs, Value>>;
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

/**
 * What a plan can do; every kind that has a gradient has it as an operation of its own. One output each unless said.
 * Legend: M, K, N matrix sizes · B batch · T tokens · D hidden · H heads · E = D / H · Q query rows (T, or 1) · C classes.
 */
export type Operation =
  /** op(a) op(b) + addend: [M, K] [K, N] → [M, N]; op transposes the stored matrix where asked; addend [N] or [M, N]. */
  | (Of<'matMul', 'a' | 'b', { readonly transposeA: boolean; readonly transposeB: boolean }> & {
      readonly inputs: { readonly addend?: Value };
    })
  /** The same per batch and head, without addend: [B, H, M, K] [B, H, K, N] → [B, H, M, N]. */
  | Of<'batchMatMul', 'a' | 'b', { readonly transposeA: boolean; readonly transposeB: boolean }>
  /** a + b, equal shapes. */
  | Of<'add', 'a' | 'b'>
  /** x · scalar, scalar of shape []. */
  | Of<'scale', 'x' | 'scalar'>
  /** x · diag(factors): [M, N], factors [N] → [M, N]; the gradient of x is the same of dy. */
  | Of<'scaleColumns', 'x' | 'factors'>
  /** Σ over rows of a · b: [M, N], [M, N] → [N]; the gradient of scaleColumns' factors with a = dy, b = x. */
  | Of<'columnDots', 'a' | 'b'>
  /** x · mask, equal shapes: dropout forward, and its gradient with x = dy. */
  | Of<'dropout', 'x' | 'mask'>
  /** Outputs y [M, D] = (x - mean) · inverseStd · gamma + beta, mean [M, 1], inverseStd [M, 1] = 1 / sqrt(variance + epsilon). */
  | Of<'layerNorm', 'x' | 'gamma' | 'beta', { readonly epsilon: number }>
  /** dx [M, D] of layerNorm with frozen gamma and beta: inverseStd · (g - mean(g) - x̂ · mean(g · x̂)), g = dy · gamma. */
  | Of<'layerNormGradient', 'dy' | 'x' | 'gamma' | 'mean' | 'inverseStd'>
  /** x · Φ(x) with the exact error function. */
  | Of<'gelu', 'x'>
  /** dy · (Φ(x) + x · φ(x)). */
  | Of<'geluGradient', 'dy' | 'x'>
  /** [B*Q, D] → [B, H, Q, E]. */
  | Of<'splitHeads', 'x', { readonly heads: number }>
  /** [B, H, Q, E] → [B*Q, D]. */
  | Of<'mergeHeads', 'x'>
  /** softmax over the last axis of scores · factor + keyBias: [B, H, Q, T], keyBias [B, T] (0, or very negative where masked). */
  | Of<'attentionSoftmax', 'scores' | 'keyBias', { readonly factor: number }>
  /** dScores of attentionSoftmax from its output y: y · (dy - Σ(dy · y)) · factor. */
  | Of<'attentionSoftmaxGradient', 'dy' | 'y', { readonly factor: number }>
  /** Row 0 of every example: [B*T, D] → [B, D]. */
  | Of<'firstToken', 'x'>
  /** The gradient of firstToken added to another: base [B*T, D] + dy [B, D] in every example's row 0. */
  | Of<'firstTokenGradient', 'dy' | 'base'>
  /** Σ_t weights[b, t] · x[b, t]: [B*T, D], weights [B, T] → [B, D]. */
  | Of<'weightedMean', 'x' | 'weights'>
  /** dx [B*T, D] = weights[b, t] · dy[b]. */
  | Of<'weightedMeanGradient', 'dy' | 'weights'>
  | Of<'sigmoid', 'x'>
  /** dy · y · (1 - y). */
  | Of<'sigmoidGradient', 'dy' | 'y'>
  | Of<'tanh', 'x'>
  /** dy · (1 - y²). */
  | Of<'tanhGradient', 'dy' | 'y'>
  /** Σ over rows: [M, N] → [N]; the gradient of a bias. */
  | Of<'sumRows', 'x'>
  /** Σ_b rowWeight[b] · (prediction[b] - target[b])² → []; prediction [B, 1], target [B, 1], rowWeight [B, 1]. */
  | Of<'squaredErrorLoss', 'prediction' | 'target' | 'rowWeight'>
  /** [B, 1] = factor · 2 · rowWeight · (prediction - target). */
  | Of<'squaredErrorGradient', 'prediction' | 'target' | 'rowWeight', { readonly factor: number }>
  /** -Σ_b rowWeight[b] · Σ_c target[b, c] · log softmax(logits)[b, c] → []; target one-hot [B, C], rowWeight [B, 1]. */
  | Of<'crossEntropyLoss', 'logits' | 'target' | 'rowWeight'>
  /** [B, C] = factor · rowWeight · (softmax(logits) - target). */
  | Of<'crossEntropyGradient', 'logits' | 'target' | 'rowWeight', { readonly factor: number }>;

export type OperationKind = Operation['kind'];

/** The values an operation reads, in a fixed order. */
export function inputsOf(operation: Operation): Value[] {
  return Object.values(operation.inputs).filter((value): value is Value => value !== undefined);
}
