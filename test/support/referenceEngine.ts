import { elementCount, type Sizes, shapeOf } from '../../shared/plan/dimension.ts';
import type { Operation, Value } from '../../shared/plan/operation.ts';
import { deathsAfter, type Plan } from '../../shared/plan/plan.ts';
import { normalDensity, normalDistribution } from './normalDistribution.ts';

export type ReferenceTensors = ReadonlyMap<string, Float64Array | Float32Array>;

export interface ReferenceOptions {
  /** Overwrites a value with NaN as soon as liveness calls it dead. */
  readonly poisonDead?: boolean;
}

interface Run {
  readonly sizes: Sizes;
  /** The numbers of every value that is there, by id. */
  readonly numbers: Map<number, Float64Array>;
}

/**
 * Runs a plan in float64 with plain loops: the oracle of gradients and engines. Formulas: shared/plan/operation.ts.
 * `tensors` holds every given value (constants, parameters, batch inputs, dropout masks) by name. Returns the outputs by name.
 */
export function runReference(
  plan: Plan,
  sizes: Sizes,
  tensors: ReferenceTensors,
  { poisonDead = false }: ReferenceOptions = {},
): Map<string, Float64Array> {
  const run: Run = { sizes, numbers: new Map() };
  for (const value of plan.given) run.numbers.set(value.id, givenNumbers(value, sizes, tensors));
  const deaths = deathsAfter(plan);
  plan.operations.forEach((operation, index) => {
    for (const value of operation.outputs)
      run.numbers.set(value.id, new Float64Array(elementCount(value.shape, sizes)));
    compute(operation, run);
    if (poisonDead) for (const value of deaths[index] ?? []) read(value, run).fill(Number.NaN);
  });
  return new Map([...plan.outputs].map(([name, value]) => [name, read(value, run)]));
}

function givenNumbers(value: Value, sizes: Sizes, tensors: ReferenceTensors): Float64Array {
  if (value.source.from === 'operation') throw new Error('an operation makes this value');
  const numbers = tensors.get(value.source.name);
  const count = elementCount(value.shape, sizes);
  if (numbers?.length !== count) {
    throw new Error(`${value.source.name} must have ${count} elements, got ${numbers?.length ?? 'no tensor'}`);
  }
  return Float64Array.from(numbers);
}

function read(value: Value, run: Run): Float64Array {
  const numbers = run.numbers.get(value.id);
  if (numbers === undefined) throw new Error(`value ${value.id} is read before it is made`);
  return numbers;
}

/** Element i of a row-major array; outside of it is a mistake of this file. */
function at(numbers: Float64Array, i: number): number {
  const number = numbers[i];
  if (number === undefined) throw new Error(`element ${i} of ${numbers.length}`);
  return number;
}

function fill(numbers: Float64Array, formula: (i: number) => number): void {
  for (let i = 0; i < numbers.length; i++) numbers[i] = formula(i);
}

function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

/** softmax of the `count` numbers logit(0), logit(1), … */
function softmax(count: number, logit: (i: number) => number): number[] {
  const logits = Array.from({ length: count }, (_, i) => logit(i));
  const largest = Math.max(...logits);
  const exponentials = logits.map((x) => Math.exp(x - largest));
  const total = sum(count, (i) => exponentials[i] ?? Number.NaN);
  return exponentials.map((x) => x / total);
}

/** Sizes of the last two axes, and how many such matrices the value holds. */
function matrixSizes(value: Value, sizes: Sizes): { rows: number; columns: number; count: number } {
  const shape = shapeOf(value.shape, sizes);
  const [rows = 1, columns = 1] = shape.slice(-2);
  return { rows, columns, count: shape.slice(0, -2).reduce((matrices, size) => matrices * size, 1) };
}

function product(operation: Extract<Operation, { kind: 'matMul' | 'batchMatMul' }>, y: Float64Array, run: Run): void {
  const { transposeA, transposeB } = operation.attributes;
  const [a, b] = [read(operation.inputs.a, run), read(operation.inputs.b, run)];
  const sizeA = matrixSizes(operation.inputs.a, run.sizes);
  const sizeB = matrixSizes(operation.inputs.b, run.sizes);
  const inner = transposeA ? sizeA.rows : sizeA.columns;
  const m = transposeA ? sizeA.columns : sizeA.rows;
  const n = transposeB ? sizeB.rows : sizeB.columns;
  const addend =
    operation.kind === 'matMul' && operation.inputs.addend ? read(operation.inputs.addend, run) : undefined;
  fill(y, (i) => {
    const [matrix, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
    const [startA, startB] = [matrix * m * inner, matrix * inner * n];
    const dot = sum(inner, (k) => {
      const left = at(a, startA + (transposeA ? k * m + row : row * inner + k));
      const right = at(b, startB + (transposeB ? column * inner + k : k * n + column));
      return left * right;
    });
    return dot + (addend ? at(addend, addend.length === n ? column : i) : 0);
  });
}

/** Where element i of the merged form [B*Q, D] stands in the split form [B, H, Q, E]. */
function splitPlace(i: number, { heads, length, size }: { heads: number; length: number; size: number }): number {
  const [e, h] = [i % size, Math.floor(i / size) % heads];
  const [q, b] = [Math.floor(i / (size * heads)) % length, Math.floor(i / (size * heads * length))];
  return ((b * heads + h) * length + q) * size + e;
}

function splitSizes(value: Value, sizes: Sizes): { heads: number; length: number; size: number } {
  const [, heads = 1, length = 1, size = 1] = shapeOf(value.shape, sizes);
  return { heads, length, size };
}

/** Legend: D width of the last axis of a matrix, T tokens, C classes, b example, row and column of the value. */
function compute(operation: Operation, run: Run): void {
  const [result] = operation.outputs;
  if (result === undefined) throw new Error(`${operation.kind} has no output`);
  const y = read(result, run);
  const lastAxis = (value: Value) => shapeOf(value.shape, run.sizes).at(-1) ?? 1;
  const length = (value: Value) => elementCount(value.shape, run.sizes);
  const of = (value: Value, i: number) => at(read(value, run), i);
  const { kind, inputs } = operation;
  switch (kind) {
    case 'matMul':
    case 'batchMatMul':
      return product(operation, y, run);
    case 'add':
      return fill(y, (i) => of(inputs.a, i) + of(inputs.b, i));
    case 'scale':
      return fill(y, (i) => of(inputs.x, i) * of(inputs.scalar, 0));
    case 'scaleColumns': {
      const N = lastAxis(inputs.x);
      return fill(y, (i) => of(inputs.x, i) * of(inputs.factors, i % N));
    }
    case 'columnDots': {
      const N = y.length;
      const M = length(inputs.a) / N;
      return fill(y, (column) => sum(M, (row) => of(inputs.a, row * N + column) * of(inputs.b, row * N + column)));
    }
    case 'dropout':
      return fill(y, (i) => of(inputs.x, i) * of(inputs.mask, i));
    case 'layerNorm': {
      const D = lastAxis(inputs.x);
      const [, mean, inverseStd] = operation.outputs.map((value) => read(value, run));
      if (mean === undefined || inverseStd === undefined) throw new Error('layerNorm has three outputs');
      fill(mean, (row) => sum(D, (d) => of(inputs.x, row * D + d)) / D);
      fill(inverseStd, (row) => {
        const variance = sum(D, (d) => (of(inputs.x, row * D + d) - at(mean, row)) ** 2) / D;
        return 1 / Math.sqrt(variance + operation.attributes.epsilon);
      });
      const normalised = (i: number, row: number) => (of(inputs.x, i) - at(mean, row)) * at(inverseStd, row);
      return fill(y, (i) => normalised(i, Math.floor(i / D)) * of(inputs.gamma, i % D) + of(inputs.beta, i % D));
    }
    case 'layerNormGradient': {
      const D = lastAxis(inputs.x);
      const g = (i: number) => of(inputs.dy, i) * of(inputs.gamma, i % D);
      const normalised = (i: number) =>
        (of(inputs.x, i) - of(inputs.mean, Math.floor(i / D))) * of(inputs.inverseStd, Math.floor(i / D));
      for (let row = 0; row < y.length / D; row++) {
        const meanG = sum(D, (d) => g(row * D + d)) / D;
        const meanGX = sum(D, (d) => g(row * D + d) * normalised(row * D + d)) / D;
        for (let i = row * D; i < (row + 1) * D; i++)
          y[i] = of(inputs.inverseStd, row) * (g(i) - meanG - normalised(i) * meanGX);
      }
      return;
    }
    case 'gelu':
      return fill(y, (i) => of(inputs.x, i) * normalDistribution(of(inputs.x, i)));
    case 'geluGradient':
      return fill(
        y,
        (i) =>
          of(inputs.dy, i) * (normalDistribution(of(inputs.x, i)) + of(inputs.x, i) * normalDensity(of(inputs.x, i))),
      );
    case 'splitHeads': {
      const sizes = splitSizes(result, run.sizes);
      return read(inputs.x, run).forEach((number, i) => {
        y[splitPlace(i, sizes)] = number;
      });
    }
    case 'mergeHeads': {
      const sizes = splitSizes(inputs.x, run.sizes);
      return fill(y, (i) => of(inputs.x, splitPlace(i, sizes)));
    }
    case 'attentionSoftmax': {
      const T = lastAxis(result);
      const rowsOfExample = y.length / length(inputs.keyBias);
      for (let row = 0; row < y.length / T; row++) {
        const bias = Math.floor(row / rowsOfExample) * T;
        const logit = (t: number) =>
          of(inputs.scores, row * T + t) * operation.attributes.factor + of(inputs.keyBias, bias + t);
        y.set(softmax(T, logit), row * T);
      }
      return;
    }
    case 'attentionSoftmaxGradient': {
      const T = lastAxis(result);
      for (let row = 0; row < y.length / T; row++) {
        const dot = sum(T, (t) => of(inputs.dy, row * T + t) * of(inputs.y, row * T + t));
        for (let i = row * T; i < (row + 1) * T; i++)
          y[i] = of(inputs.y, i) * (of(inputs.dy, i) - dot) * operation.attributes.factor;
      }
      return;
    }
    case 'firstToken': {
      const D = lastAxis(inputs.x);
      const T = length(inputs.x) / y.length;
      return fill(y, (i) => of(inputs.x, Math.floor(i / D) * T * D + (i % D)));
    }
    case 'firstTokenGradient': {
      const D = lastAxis(inputs.base);
      const T = y.length / length(inputs.dy);
      return fill(y, (i) => {
        const [token, b] = [Math.floor(i / D) % T, Math.floor(i / (T * D))];
        return of(inputs.base, i) + (token === 0 ? of(inputs.dy, b * D + (i % D)) : 0);
      });
    }
    case 'weightedMean': {
      const [D, T] = [lastAxis(inputs.x), lastAxis(inputs.weights)];
      return fill(y, (i) => {
        const b = Math.floor(i / D);
        return sum(T, (t) => of(inputs.weights, b * T + t) * of(inputs.x, (b * T + t) * D + (i % D)));
      });
    }
    case 'weightedMeanGradient': {
      const [D, T] = [lastAxis(inputs.dy), lastAxis(inputs.weights)];
      return fill(
        y,
        (i) => of(inputs.weights, Math.floor(i / D)) * of(inputs.dy, Math.floor(i / (T * D)) * D + (i % D)),
      );
    }
    case 'sigmoid':
      return fill(y, (i) => 1 / (1 + Math.exp(-of(inputs.x, i))));
    case 'sigmoidGradient':
      return fill(y, (i) => of(inputs.dy, i) * of(inputs.y, i) * (1 - of(inputs.y, i)));
    case 'tanh':
      return fill(y, (i) => Math.tanh(of(inputs.x, i)));
    case 'tanhGradient':
      return fill(y, (i) => of(inputs.dy, i) * (1 - of(inputs.y, i) ** 2));
    case 'sumRows': {
      const N = y.length;
      const M = length(inputs.x) / N;
      return fill(y, (column) => sum(M, (row) => of(inputs.x, row * N + column)));
    }
    case 'squaredErrorLoss': {
      const B = length(inputs.rowWeight);
      return fill(y, () =>
        sum(B, (b) => of(inputs.rowWeight, b) * (of(inputs.prediction, b) - of(inputs.target, b)) ** 2),
      );
    }
    case 'squaredErrorGradient':
      return fill(
        y,
        (b) =>
          operation.attributes.factor * 2 * of(inputs.rowWeight, b) * (of(inputs.prediction, b) - of(inputs.target, b)),
      );
    case 'crossEntropyLoss': {
      const [B, C] = [length(inputs.rowWeight), lastAxis(inputs.logits)];
      return fill(y, () =>
        sum(B, (b) => {
          const largest = Math.max(...Array.from({ length: C }, (_, c) => of(inputs.logits, b * C + c)));
          const logTotal = largest + Math.log(sum(C, (c) => Math.exp(of(inputs.logits, b * C + c) - largest)));
          return (
            of(inputs.rowWeight, b) *
            sum(C, (c) => of(inputs.target, b * C + c) * (logTotal - of(inputs.logits, b * C + c)))
          );
        }),
      );
    }
    case 'crossEntropyGradient': {
      const C = lastAxis(inputs.logits);
      for (let b = 0; b < y.length / C; b++) {
        softmax(C, (c) => of(inputs.logits, b * C + c)).forEach((probability, c) => {
          y[b * C + c] =
            operation.attributes.factor * of(inputs.rowWeight, b) * (probability - of(inputs.target, b * C + c));
        });
      }
      return;
    }
    default:
      kind satisfies never;
      throw new Error(`unknown operation ${String(kind)}`);
  }
}
