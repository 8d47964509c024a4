import { DarseError } from '../study/darseError.ts';
import type { Dimension, Shape } from './dimension.ts';
import type { DropoutSite, Operation, OperationKind, Value, ValueSource } from './operation.ts';
import type { Plan } from './plan.ts';

type OperationOf<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

/** Writes a plan: each method records one operation (see operation.ts for formula and shapes) and returns its result. */
export class Recorder {
  readonly #given = new Map<string, Value>();
  readonly #operations: Operation[] = [];
  readonly #outputs = new Map<string, Value>();
  #nextId = 0;

  constant(name: string, shape: Shape): Value {
    return this.#give({ from: 'constant', name }, shape);
  }

  parameter(name: string, shape: Shape): Value {
    return this.#give({ from: 'parameter', name }, shape);
  }

  batch(name: string, shape: Shape): Value {
    return this.#give({ from: 'batch', name }, shape);
  }

  /** x with dropout at the named site; x itself where the rate is 0. The gradient is the same call on dy. */
  dropout(x: Value, name: string, site: DropoutSite): Value {
    if (site.rate === 0) return x;
    const mask = this.#give({ from: 'dropout', name, site }, x.shape);
    return this.#record('dropout', { x, mask }, {}, x.shape);
  }

  matMul(
    a: Value,
    b: Value,
    {
      transposeA = false,
      transposeB = false,
      addend,
    }: { transposeA?: boolean; transposeB?: boolean; addend?: Value | undefined } = {},
  ): Value {
    const [m, inner] = oriented(matrix(a), transposeA);
    const [k, n] = oriented(matrix(b), transposeB);
    sameDimension('matMul', inner, k);
    if (addend) sameShape('matMul addend', addend.shape, addend.shape.length === 1 ? [n] : [m, n]);
    return this.#record('matMul', addend ? { a, b, addend } : { a, b }, { transposeA, transposeB }, [m, n]);
  }

  batchMatMul(a: Value, b: Value, { transposeA = false, transposeB = false } = {}): Value {
    const [batch, heads, ...left] = four(a);
    const [batchOfB, headsOfB, ...right] = four(b);
    sameShape('batchMatMul', [batch, heads], [batchOfB, headsOfB]);
    const [m, inner] = oriented(left, transposeA);
    const [k, n] = oriented(right, transposeB);
    sameDimension('batchMatMul', inner, k);
    return this.#record('batchMatMul', { a, b }, { transposeA, transposeB }, [batch, heads, m, n]);
  }

  add(a: Value, b: Value): Value {
    sameShape('add', a.shape, b.shape);
    return this.#record('add', { a, b }, {}, a.shape);
  }

  scale(x: Value, scalar: Value): Value {
    sameShape('scale', scalar.shape, []);
    return this.#record('scale', { x, scalar }, {}, x.shape);
  }

  scaleColumns(x: Value, factors: Value): Value {
    sameShape('scaleColumns', factors.shape, [matrix(x)[1]]);
    return this.#record('scaleColumns', { x, factors }, {}, x.shape);
  }

  columnDots(a: Value, b: Value): Value {
    sameShape('columnDots', a.shape, b.shape);
    return this.#record('columnDots', { a, b }, {}, [matrix(a)[1]]);
  }

  layerNorm(x: Value, gamma: Value, beta: Value, epsilon: number): { y: Value; mean: Value; inverseStd: Value } {
    const [rows, width] = matrix(x);
    sameShape('layerNorm', gamma.shape, [width]);
    sameShape('layerNorm', beta.shape, [width]);
    const [y, mean, inverseStd] = [this.#value(x.shape), this.#value([rows, 1]), this.#value([rows, 1])];
    this.#operations.push({
      kind: 'layerNorm',
      inputs: { x, gamma, beta },
      attributes: { epsilon },
      outputs: [y, mean, inverseStd],
    });
    return { y, mean, inverseStd };
  }

  layerNormGradient(dy: Value, saved: { x: Value; gamma: Value; mean: Value; inverseStd: Value }): Value {
    sameShape('layerNormGradient', dy.shape, saved.x.shape);
    const { x, gamma, mean, inverseStd } = saved;
    return this.#record('layerNormGradient', { dy, x, gamma, mean, inverseStd }, {}, dy.shape);
  }

  gelu(x: Value): Value {
    return this.#record('gelu', { x }, {}, x.shape);
  }

  geluGradient(dy: Value, x: Value): Value {
    sameShape('geluGradient', dy.shape, x.shape);
    return this.#record('geluGradient', { dy, x }, {}, x.shape);
  }

  /** `length`: how many rows of x one example has. */
  splitHeads(x: Value, heads: number, length: Dimension): Value {
    const [rows, width] = matrix(x);
    sameDimension('splitHeads', rows, length === 1 ? 'B' : `B*${length}`);
    if (typeof width !== 'number' || width % heads !== 0) {
      throw new DarseError('internal', `splitHeads: width ${width} is not a multiple of ${heads} heads`);
    }
    return this.#record('splitHeads', { x }, { heads }, ['B', heads, length, width / heads]);
  }

  mergeHeads(x: Value): Value {
    const [batch, heads, length, size] = four(x);
    const rows = length === 1 ? batch : `${batch}*${length}`;
    return this.#record('mergeHeads', { x }, {}, [rows, Number(heads) * Number(size)]);
  }

  attentionSoftmax(scores: Value, keyBias: Value, factor: number): Value {
    const [batch, , , keys] = four(scores);
    sameShape('attentionSoftmax', keyBias.shape, [batch, keys]);
    return this.#record('attentionSoftmax', { scores, keyBias }, { factor }, scores.shape);
  }

  attentionSoftmaxGradient(dy: Value, y: Value, factor: number): Value {
    sameShape('attentionSoftmaxGradient', dy.shape, y.shape);
    return this.#record('attentionSoftmaxGradient', { dy, y }, { factor }, y.shape);
  }

  firstToken(x: Value): Value {
    const [rows, width] = matrix(x);
    sameDimension('firstToken', rows, 'B*T');
    return this.#record('firstToken', { x }, {}, ['B', width]);
  }

  firstTokenGradient(dy: Value, base: Value): Value {
    sameShape('firstTokenGradient', dy.shape, ['B', matrix(base)[1]]);
    return this.#record('firstTokenGradient', { dy, base }, {}, base.shape);
  }

  weightedMean(x: Value, weights: Value): Value {
    sameShape('weightedMean', weights.shape, ['B', 'T']);
    return this.#record('weightedMean', { x, weights }, {}, ['B', matrix(x)[1]]);
  }

  weightedMeanGradient(dy: Value, weights: Value): Value {
    sameShape('weightedMeanGradient', weights.shape, ['B', 'T']);
    return this.#record('weightedMeanGradient', { dy, weights }, {}, ['B*T', matrix(dy)[1]]);
  }

  sigmoid(x: Value): Value {
    return this.#record('sigmoid', { x }, {}, x.shape);
  }

  sigmoidGradient(dy: Value, y: Value): Value {
    sameShape('sigmoidGradient', dy.shape, y.shape);
    return this.#record('sigmoidGradient', { dy, y }, {}, y.shape);
  }

  tanh(x: Value): Value {
    return this.#record('tanh', { x }, {}, x.shape);
  }

  tanhGradient(dy: Value, y: Value): Value {
    sameShape('tanhGradient', dy.shape, y.shape);
    return this.#record('tanhGradient', { dy, y }, {}, y.shape);
  }

  sumRows(x: Value): Value {
    return this.#record('sumRows', { x }, {}, [matrix(x)[1]]);
  }

  squaredErrorLoss(prediction: Value, target: Value, rowWeight: Value): Value {
    for (const value of [prediction, target, rowWeight]) sameShape('squaredErrorLoss', value.shape, ['B', 1]);
    return this.#record('squaredErrorLoss', { prediction, target, rowWeight }, {}, []);
  }

  squaredErrorGradient(prediction: Value, target: Value, rowWeight: Value, factor: number): Value {
    return this.#record('squaredErrorGradient', { prediction, target, rowWeight }, { factor }, ['B', 1]);
  }

  crossEntropyLoss(logits: Value, target: Value, rowWeight: Value): Value {
    sameShape('crossEntropyLoss', target.shape, logits.shape);
    sameShape('crossEntropyLoss', rowWeight.shape, ['B', 1]);
    return this.#record('crossEntropyLoss', { logits, target, rowWeight }, {}, []);
  }

  crossEntropyGradient(logits: Value, target: Value, rowWeight: Value, factor: number): Value {
    return this.#record('crossEntropyGradient', { logits, target, rowWeight }, { factor }, logits.shape);
  }

  /** Marks what a run hands back. */
  output(name: string, value: Value): void {
    if (this.#outputs.has(name)) throw new DarseError('internal', `two outputs named ${name}`);
    this.#outputs.set(name, value);
  }

  finish(): Plan {
    return { given: [...this.#given.values()], operations: this.#operations, outputs: this.#outputs };
  }

  #value(shape: Shape, source: ValueSource = { from: 'operation' }): Value {
    return { id: this.#nextId++, shape, source };
  }

  /** The same name given twice is the same value. */
  #give(source: Exclude<ValueSource, { from: 'operation' }>, shape: Shape): Value {
    const known = this.#given.get(source.name);
    if (known) {
      sameShape(source.name, shape, known.shape);
      return known;
    }
    const value = this.#value(shape, source);
    this.#given.set(source.name, value);
    return value;
  }

  #record<Kind extends OperationKind>(
    kind: Kind,
    inputs: OperationOf<Kind>['inputs'],
    attributes: OperationOf<Kind>['attributes'],
    shape: Shape,
  ): Value {
    const output = this.#value(shape);
    // The compiler cannot follow that kind, inputs and attributes belong together; OperationOf<Kind> makes sure they do.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    this.#operations.push({ kind, inputs, attributes, outputs: [output] } as Operation);
    return output;
  }
}

function matrix(value: Value): [Dimension, Dimension] {
  const [rows, columns, ...rest] = value.shape;
  if (rows === undefined || columns === undefined || rest.length > 0) {
    throw new DarseError('internal', `a matrix was wanted, got shape [${value.shape.join(', ')}]`);
  }
  return [rows, columns];
}

function four(value: Value): [Dimension, Dimension, Dimension, Dimension] {
  const [a, b, c, d, ...rest] = value.shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || rest.length > 0) {
    throw new DarseError('internal', `four dimensions were wanted, got shape [${value.shape.join(', ')}]`);
  }
  return [a, b, c, d];
}

function oriented([rows, columns]: readonly Dimension[], transposed: boolean): [Dimension, Dimension] {
  if (rows === undefined || columns === undefined) throw new DarseError('internal', 'a matrix needs two dimensions');
  return transposed ? [columns, rows] : [rows, columns];
}

function sameDimension(where: string, found: Dimension, wanted: Dimension): void {
  if (found !== wanted) throw new DarseError('internal', `${where}: dimension ${found} where ${wanted} was wanted`);
}

function sameShape(where: string, found: Shape, wanted: Shape): void {
  if (found.length !== wanted.length || found.some((dimension, i) => dimension !== wanted[i])) {
    throw new DarseError('internal', `${where}: shape [${found.join(', ')}] where [${wanted.join(', ')}] was wanted`);
  }
}
