import { type Sizes, shapeOf } from '../../plan/dimension.ts';
import type { Operation, Value } from '../../plan/operation.ts';
import type { Tensor, TfjsContext } from './tfjsBackend.ts';
import { type Factor, product } from './tfjsProducts.ts';

/** What an operation computes with. */
export interface TfjsRun {
  readonly context: TfjsContext;
  readonly sizes: Sizes;
  tensor(value: Value): Tensor;
  /** A value that is multiplied by, transposed or not. */
  factor(value: Value, transpose: boolean): Factor;
}

const DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI);

/** The outputs of one operation, as new tensors (formulas in operation.ts); leaves it to the caller to free the rest. */
export function runOperation(operation: Operation, run: TfjsRun): Tensor[] {
  const { tf } = run.context;
  const of = (value: Value) => run.tensor(value);
  const { kind, inputs, attributes } = operation;
  switch (kind) {
    case 'matMul':
      return [matMul(operation, run)];
    case 'batchMatMul':
      return [
        product(run.context, run.factor(inputs.a, attributes.transposeA), run.factor(inputs.b, attributes.transposeB)),
      ];
    case 'add':
      return [tf.add(of(inputs.a), of(inputs.b))];
    case 'scale':
      return [tf.mul(of(inputs.x), of(inputs.scalar))];
    case 'scaleColumns':
      return [tf.mul(of(inputs.x), of(inputs.factors))];
    case 'columnDots':
      return [tf.sum(tf.mul(of(inputs.a), of(inputs.b)), 0)];
    case 'dropout':
      return [tf.mul(of(inputs.x), of(inputs.mask))];
    case 'layerNorm':
      return layerNorm(operation, run);
    case 'layerNormGradient':
      return [layerNormGradient(operation, run)];
    case 'gelu':
      return [tf.mul(of(inputs.x), normalDistribution(of(inputs.x), run.context))];
    case 'geluGradient':
      return [geluGradient(operation, run)];
    case 'splitHeads':
      return [splitHeads(operation, run)];
    case 'mergeHeads':
      return [mergeHeads(operation, run)];
    case 'attentionSoftmax':
      return [attentionSoftmax(operation, run)];
    case 'attentionSoftmaxGradient':
      return [attentionSoftmaxGradient(operation, run)];
    case 'firstToken':
      return [firstToken(operation, run)];
    case 'firstTokenGradient':
      return [firstTokenGradient(operation, run)];
    case 'weightedMean':
      return [weightedMean(operation, run)];
    case 'weightedMeanGradient':
      return [weightedMeanGradient(operation, run)];
    case 'sigmoid':
      return [tf.sigmoid(of(inputs.x))];
    case 'sigmoidGradient':
      return [tf.mul(of(inputs.dy), tf.mul(of(inputs.y), tf.sub(1, of(inputs.y))))];
    case 'tanh':
      return [tf.tanh(of(inputs.x))];
    case 'tanhGradient':
      return [tf.mul(of(inputs.dy), tf.sub(1, tf.square(of(inputs.y))))];
    case 'sumRows':
      return [tf.sum(of(inputs.x), 0)];
    case 'squaredErrorLoss': {
      const difference = tf.sub(of(inputs.prediction), of(inputs.target));
      return [tf.sum(tf.mul(of(inputs.rowWeight), tf.square(difference)))];
    }
    case 'squaredErrorGradient': {
      const difference = tf.sub(of(inputs.prediction), of(inputs.target));
      return [tf.mul(tf.mul(difference, of(inputs.rowWeight)), 2 * attributes.factor)];
    }
    case 'crossEntropyLoss': {
      const byRow = tf.sum(tf.mul(of(inputs.target), tf.logSoftmax(of(inputs.logits))), -1, true);
      return [tf.neg(tf.sum(tf.mul(of(inputs.rowWeight), byRow)))];
    }
    case 'crossEntropyGradient': {
      const difference = tf.sub(tf.softmax(of(inputs.logits)), of(inputs.target));
      return [tf.mul(tf.mul(difference, of(inputs.rowWeight)), attributes.factor)];
    }
    default:
      kind satisfies never;
      throw new TypeError(`unknown operation ${String(kind)}`);
  }
}

type Step<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

function matMul({ inputs, attributes }: Step<'matMul'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const ab = product(
    run.context,
    run.factor(inputs.a, attributes.transposeA),
    run.factor(inputs.b, attributes.transposeB),
  );
  return inputs.addend ? tf.add(ab, run.tensor(inputs.addend)) : ab;
}

function layerNorm({ inputs, attributes }: Step<'layerNorm'>, run: TfjsRun): Tensor[] {
  const { tf } = run.context;
  const x = run.tensor(inputs.x);
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const inverseStd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), attributes.epsilon));
  const y = tf.add(tf.mul(tf.mul(centred, inverseStd), run.tensor(inputs.gamma)), run.tensor(inputs.beta));
  return [y, mean, inverseStd];
}

function layerNormGradient({ inputs }: Step<'layerNormGradient'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const inverseStd = run.tensor(inputs.inverseStd);
  const normalised = tf.mul(tf.sub(run.tensor(inputs.x), run.tensor(inputs.mean)), inverseStd);
  const g = tf.mul(run.tensor(inputs.dy), run.tensor(inputs.gamma));
  const alongX = tf.mul(normalised, tf.mean(tf.mul(g, normalised), -1, true));
  return tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), alongX), inverseStd);
}

/** Φ(x) = (1 + erf(x / √2)) / 2. */
function normalDistribution(x: Tensor, { tf }: TfjsContext): Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

function geluGradient({ inputs }: Step<'geluGradient'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const x = run.tensor(inputs.x);
  // exp(z) = 1 + elu(z) for z ≤ 0, of which wasm vectorises only elu.
  const density = tf.mul(tf.add(tf.elu(tf.mul(tf.square(x), -0.5)), 1), DENSITY_AT_ZERO);
  return tf.mul(run.tensor(inputs.dy), tf.add(normalDistribution(x, run.context), tf.mul(x, density)));
}

function splitHeads({ inputs, outputs: [split] }: Step<'splitHeads'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const [batch = 1, heads = 1, length = 1, size = 1] = shapeOf(split?.shape ?? [], run.sizes);
  return tf.transpose(tf.reshape(run.tensor(inputs.x), [batch, length, heads, size]), [0, 2, 1, 3]);
}

function mergeHeads({ inputs, outputs: [merged] }: Step<'mergeHeads'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  return tf.reshape(tf.transpose(run.tensor(inputs.x), [0, 2, 1, 3]), shapeOf(merged?.shape ?? [], run.sizes));
}

function attentionSoftmax({ inputs, attributes }: Step<'attentionSoftmax'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const [batch = 1, keys = 1] = shapeOf(inputs.keyBias.shape, run.sizes);
  const bias = tf.reshape(run.tensor(inputs.keyBias), [batch, 1, 1, keys]);
  return tf.softmax(tf.add(tf.mul(run.tensor(inputs.scores), attributes.factor), bias));
}

function attentionSoftmaxGradient({ inputs, attributes }: Step<'attentionSoftmaxGradient'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const y = run.tensor(inputs.y);
  const dy = run.tensor(inputs.dy);
  const dot = tf.sum(tf.mul(dy, y), -1, true);
  return tf.mul(tf.mul(y, tf.sub(dy, dot)), attributes.factor);
}

/** x [B*T, D] as [B, T, D]. */
function byExample(x: Tensor, run: TfjsRun): Tensor {
  const [batch = 1, tokens = 1] = shapeOf(['B', 'T'], run.sizes);
  return run.context.tf.reshape(x, [batch, tokens, -1]);
}

function firstToken({ inputs }: Step<'firstToken'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const x = byExample(run.tensor(inputs.x), run);
  const [batch = 1, , width = 1] = x.shape;
  return tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]);
}

function firstTokenGradient({ inputs }: Step<'firstTokenGradient'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const base = run.tensor(inputs.base);
  const tokens = byExample(base, run).shape[1] ?? 1;
  const inFirstRow = tf.pad(tf.expandDims(run.tensor(inputs.dy), 1), [
    [0, 0],
    [0, tokens - 1],
    [0, 0],
  ]);
  return tf.add(base, tf.reshape(inFirstRow, base.shape));
}

function weightedMean({ inputs }: Step<'weightedMean'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  return tf.sum(tf.mul(byExample(run.tensor(inputs.x), run), tf.expandDims(run.tensor(inputs.weights), 2)), 1);
}

function weightedMeanGradient({ inputs, outputs: [dx] }: Step<'weightedMeanGradient'>, run: TfjsRun): Tensor {
  const { tf } = run.context;
  const spread = tf.mul(tf.expandDims(run.tensor(inputs.weights), 2), tf.expandDims(run.tensor(inputs.dy), 1));
  return tf.reshape(spread, shapeOf(dx?.shape ?? [], run.sizes));
}
