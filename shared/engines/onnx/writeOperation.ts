import type { Operation, OperationKind, Value } from '../../plan/operation.ts';
import { DarseError } from '../../study/darseError.ts';
import { type GraphBuilder, nameOf } from './graphBuilder.ts';

/** Writes the nodes of one operation (formulas and shapes: operation.ts). Sums are chains of Add: `Sum` has no WebGPU kernel. */
export function writeOperation(graph: GraphBuilder, operation: Operation): void {
  const { kind, inputs, attributes } = operation;
  const outputs = operation.outputs.map(nameOf);
  switch (kind) {
    case 'matMul': {
      if (isNarrowGradient(operation)) {
        const turned = graph.fusedMatMul(nameOf(inputs.b), nameOf(inputs.a), attributes);
        return graph.write('Transpose', [turned], outputs, { perm: { ints: [1, 0] } });
      }
      const factors = [nameOf(inputs.a), nameOf(inputs.b)];
      const [transA, transB] = [{ int: Number(attributes.transposeA) }, { int: Number(attributes.transposeB) }];
      if (!inputs.addend) return graph.write('Gemm', factors, outputs, { transA, transB });
      // Gemm copies its own addend on one thread: an Add after it takes 4 % less of a MiniLM step on two.
      return graph.write('Add', [graph.node('Gemm', factors, { transA, transB }), nameOf(inputs.addend)], outputs);
    }
    case 'batchMatMul': {
      const [a, b] = [nameOf(inputs.a), nameOf(inputs.b)];
      if (!attributes.transposeA || attributes.transposeB) {
        graph.fusedMatMul(a, b, attributes, outputs[0]);
        return;
      }
      // aᵀ b as (bᵀ a)ᵀ, half the time at T 128: the transposed factor is copied, and of [T, T] and [T, E] that is the smaller one.
      const turned = graph.fusedMatMul(b, a, attributes);
      return graph.write('Transpose', [turned], outputs, { perm: { ints: [0, 1, 3, 2] } });
    }
    case 'add':
      return graph.write('Add', [nameOf(inputs.a), nameOf(inputs.b)], outputs);
    case 'scale':
      return graph.write('Mul', [nameOf(inputs.x), nameOf(inputs.scalar)], outputs);
    case 'scaleColumns':
      return graph.write('Mul', [nameOf(inputs.x), nameOf(inputs.factors)], outputs);
    case 'columnDots': {
      const products = graph.node('Mul', [nameOf(inputs.a), nameOf(inputs.b)]);
      return graph.write('ReduceSum', [products, graph.integers(0)], outputs, DROP_AXES);
    }
    case 'dropout':
      return graph.write('Mul', [nameOf(inputs.x), nameOf(inputs.mask)], outputs);
    case 'layerNorm':
      return graph.write('LayerNormalization', [inputs.x, inputs.gamma, inputs.beta].map(nameOf), outputs, {
        epsilon: { float: attributes.epsilon },
      });
    case 'layerNormGradient':
      return writeLayerNormGradient(graph, operation);
    case 'gelu':
      return graph.write('Gelu', [nameOf(inputs.x)], outputs);
    case 'geluGradient':
      return writeGeluGradient(graph, operation);
    case 'splitHeads':
      return writeSplitHeads(graph, operation);
    case 'mergeHeads':
      return writeMergeHeads(graph, operation);
    case 'attentionSoftmax': {
      const scaled = graph.node('Mul', [nameOf(inputs.scores), graph.scalar(attributes.factor)]);
      const bias = graph.node('Unsqueeze', [nameOf(inputs.keyBias), graph.integers(1, 2)]); // [B, 1, 1, T]
      return graph.write('Softmax', [graph.node('Add', [scaled, bias])], outputs, LAST_AXIS);
    }
    case 'attentionSoftmaxGradient': {
      const [dy, y] = [nameOf(inputs.dy), nameOf(inputs.y)];
      const along = graph.node('ReduceSum', [graph.node('Mul', [dy, y]), graph.integers(-1)]); // [B, H, Q, 1]
      const dScaled = graph.node('Mul', [graph.node('Sub', [dy, along]), y]);
      return graph.write('Mul', [dScaled, graph.scalar(attributes.factor)], outputs);
    }
    case 'firstToken': {
      const examples = graph.reshaped(nameOf(inputs.x), ['B', 'T', widthOf(inputs.x)]);
      const first = graph.node('Gather', [examples, graph.integers(0)], { axis: { int: 1 } }); // [B, 1, D]
      return graph.write('Reshape', [first, graph.target(['B', widthOf(inputs.x)])], outputs);
    }
    case 'firstTokenGradient':
      return writeFirstTokenGradient(graph, operation);
    case 'weightedMean': {
      const weights = graph.node('Unsqueeze', [nameOf(inputs.weights), graph.integers(1)]); // [B, 1, T]
      const examples = graph.reshaped(nameOf(inputs.x), ['B', 'T', widthOf(inputs.x)]);
      const means = graph.node('MatMul', [weights, examples]); // [B, 1, D]
      return graph.write('Reshape', [means, graph.target(['B', widthOf(inputs.x)])], outputs);
    }
    case 'weightedMeanGradient': {
      const weights = graph.node('Unsqueeze', [nameOf(inputs.weights), graph.integers(2)]); // [B, T, 1]
      const dy = graph.node('Unsqueeze', [nameOf(inputs.dy), graph.integers(1)]); // [B, 1, D]
      const dx = graph.node('Mul', [weights, dy]);
      return graph.write('Reshape', [dx, graph.target(['B*T', widthOf(inputs.dy)])], outputs);
    }
    case 'sigmoid':
      return graph.write('Sigmoid', [nameOf(inputs.x)], outputs);
    case 'sigmoidGradient': {
      const y = nameOf(inputs.y);
      const slope = graph.node('Mul', [y, graph.node('Sub', [graph.scalar(1), y])]);
      return graph.write('Mul', [nameOf(inputs.dy), slope], outputs);
    }
    case 'tanh':
      return graph.write('Tanh', [nameOf(inputs.x)], outputs);
    case 'tanhGradient': {
      const y = nameOf(inputs.y);
      const slope = graph.node('Sub', [graph.scalar(1), graph.node('Mul', [y, y])]);
      return graph.write('Mul', [nameOf(inputs.dy), slope], outputs);
    }
    case 'sumRows':
      return graph.write('ReduceSum', [nameOf(inputs.x), graph.integers(0)], outputs, DROP_AXES);
    case 'squaredErrorLoss': {
      const difference = graph.node('Sub', [nameOf(inputs.prediction), nameOf(inputs.target)]);
      const weighted = graph.node('Mul', [nameOf(inputs.rowWeight), graph.node('Mul', [difference, difference])]);
      return graph.write('ReduceSum', [weighted, graph.integers(0, 1)], outputs, DROP_AXES);
    }
    case 'squaredErrorGradient': {
      const difference = graph.node('Sub', [nameOf(inputs.prediction), nameOf(inputs.target)]);
      const weighted = graph.node('Mul', [nameOf(inputs.rowWeight), difference]);
      return graph.write('Mul', [weighted, graph.scalar(2 * attributes.factor)], outputs);
    }
    case 'crossEntropyLoss': {
      const logProbabilities = graph.node('LogSoftmax', [nameOf(inputs.logits)], LAST_AXIS);
      const chosen = graph.node('Mul', [nameOf(inputs.target), logProbabilities]);
      const weighted = graph.node('Mul', [chosen, nameOf(inputs.rowWeight)]);
      const sum = graph.node('ReduceSum', [weighted, graph.integers(0, 1)], DROP_AXES);
      return graph.write('Neg', [sum], outputs);
    }
    case 'crossEntropyGradient': {
      const probabilities = graph.node('Softmax', [nameOf(inputs.logits)], LAST_AXIS);
      const difference = graph.node('Sub', [probabilities, nameOf(inputs.target)]);
      const weighted = graph.node('Mul', [difference, nameOf(inputs.rowWeight)]);
      return graph.write('Mul', [weighted, graph.scalar(attributes.factor)], outputs);
    }
    default:
      kind satisfies never;
      throw new DarseError('internal', `no ONNX nodes for ${String(kind)}`);
  }
}

/** Whether a product is aᵀ b with as few columns in b as a LoRA rank: as (bᵀ a)ᵀ it takes half the time. (A Gemm would be turned back.) */
function isNarrowGradient({ inputs, attributes }: OperationOf<'matMul'>): boolean {
  const [ofA, ofB] = [inputs.a.shape[1], inputs.b.shape[1]];
  const narrow = typeof ofA === 'number' && typeof ofB === 'string';
  return attributes.transposeA && !attributes.transposeB && narrow && !inputs.addend;
}

type OperationOf<Kind extends OperationKind> = Extract<Operation, { readonly kind: Kind }>;

const LAST_AXIS = { axis: { int: -1 } };
const DROP_AXES = { keepdims: { int: 0 } };
const SWAP_ROWS_AND_HEADS = { perm: { ints: [0, 2, 1, 3] } };

function writeLayerNormGradient(graph: GraphBuilder, { inputs, outputs }: OperationOf<'layerNormGradient'>): void {
  const inverseStd = nameOf(inputs.inverseStd);
  const normalized = graph.node('Mul', [graph.node('Sub', [nameOf(inputs.x), nameOf(inputs.mean)]), inverseStd]);
  const g = graph.node('Mul', [nameOf(inputs.dy), nameOf(inputs.gamma)]);
  const mean = graph.node('ReduceMean', [g, graph.integers(-1)]);
  const along = graph.node('ReduceMean', [graph.node('Mul', [g, normalized]), graph.integers(-1)]);
  const projected = graph.node('Sub', [graph.node('Sub', [g, mean]), graph.node('Mul', [normalized, along])]);
  graph.write('Mul', [projected, inverseStd], outputs.map(nameOf));
}

/** With u = x / √2: Φ(x) = (1 + erf u) / 2, which HardSigmoid does in one pass, and x · φ(x) = u · exp(-u² - ln √π). */
function writeGeluGradient(graph: GraphBuilder, { inputs, outputs }: OperationOf<'geluGradient'>): void {
  const u = graph.node('Mul', [nameOf(inputs.x), graph.scalar(Math.SQRT1_2)]);
  const half = { alpha: { float: 0.5 }, beta: { float: 0.5 } };
  const cumulative = graph.node('HardSigmoid', [graph.node('Erf', [u])], half);
  const exponent = graph.node('Sub', [graph.scalar(-Math.log(Math.PI) / 2), graph.node('Mul', [u, u])]);
  const slope = graph.node('Add', [cumulative, graph.node('Mul', [u, graph.node('Exp', [exponent])])]);
  graph.write('Mul', [nameOf(inputs.dy), slope], outputs.map(nameOf));
}

function writeSplitHeads(graph: GraphBuilder, { inputs, attributes, outputs }: OperationOf<'splitHeads'>): void {
  const [batch = 0, heads = 0, length = 0, size = 0] = outputs.flatMap((value) => value.shape);
  if (length === 1) {
    graph.write('Reshape', [nameOf(inputs.x), graph.target([batch, heads, 1, size])], outputs.map(nameOf));
  } else {
    const split = graph.reshaped(nameOf(inputs.x), [batch, length, attributes.heads, size]);
    graph.write('Transpose', [split], outputs.map(nameOf), SWAP_ROWS_AND_HEADS);
  }
}

function writeMergeHeads(graph: GraphBuilder, { inputs, outputs }: OperationOf<'mergeHeads'>): void {
  const length = inputs.x.shape[2];
  const rows = length === 1 ? nameOf(inputs.x) : graph.node('Transpose', [nameOf(inputs.x)], SWAP_ROWS_AND_HEADS);
  const target = graph.target(outputs.flatMap((value) => value.shape));
  graph.write('Reshape', [rows, target], outputs.map(nameOf));
}

function writeFirstTokenGradient(graph: GraphBuilder, { inputs, outputs }: OperationOf<'firstTokenGradient'>): void {
  const base = graph.reshaped(nameOf(inputs.base), ['B', 'T', widthOf(inputs.base)]);
  const [one, axis] = [graph.integers(1), graph.integers(1)];
  const first = graph.node('Slice', [base, graph.integers(0), one, axis]); // [B, 1, D]
  const others = graph.node('Slice', [base, one, graph.integers(2 ** 31 - 1), axis]); // [B, T - 1, D]
  const dy = graph.node('Unsqueeze', [nameOf(inputs.dy), axis]);
  const sum = graph.node('Concat', [graph.node('Add', [first, dy]), others], { axis: { int: 1 } });
  graph.write('Reshape', [sum, graph.target(['B*T', widthOf(inputs.base)])], outputs.map(nameOf));
}

function widthOf(matrix: Value): number | string {
  return matrix.shape.at(-1) ?? 1;
}
