import { elementCount, rankSymbol, type Sizes } from '../../shared/plan/dimension.ts';
import type { OperationKind, Value } from '../../shared/plan/operation.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { foldKey, type RandomKey, randomKey, uniformAt } from '../../shared/study/random.ts';

/** A small plan around one kind of operation, and how to draw what it is given. */
export interface OperationCase {
  readonly title: string;
  readonly plan: Plan;
  /** How the value of that name is drawn where a normal deviate would be out of its range. */
  readonly draws: Readonly<Record<string, Draw>>;
}

/** Element `index` of a tensor whose last dimension is `width`. */
type Draw = (key: RandomKey, index: number, width: number) => number;

const RANK = rankSymbol('encoder.layer.0.query');
const HEADS = 3;
const HEAD_SIZE = 4;
const HIDDEN = HEADS * HEAD_SIZE;
const WIDE = 20;
const CLASSES = 5;
const FACTOR = 1 / Math.sqrt(HEAD_SIZE);
/** What a masked key gets in keyBias. */
const MASKED = -1e9;

/** Sizes that every case is run at, in this order, on one prepared plan: shrinking, growing, single rows, rank 1. */
export const CASE_SIZES: readonly Sizes[] = [
  sizes({ B: 3, T: 5, rank: 4 }),
  sizes({ B: 1, T: 1, rank: 1 }),
  sizes({ B: 2, T: 33, rank: 7 }),
  sizes({ B: 4, T: 1, rank: 2 }),
  sizes({ B: 1, T: 16, rank: 1 }),
];

/** Every kind there is: the compiler holds this list complete, a test holds the cases to it. */
export const OPERATION_KINDS: Readonly<Record<OperationKind, true>> = {
  matMul: true,
  batchMatMul: true,
  add: true,
  scale: true,
  scaleColumns: true,
  columnDots: true,
  dropout: true,
  layerNorm: true,
  layerNormGradient: true,
  gelu: true,
  geluGradient: true,
  splitHeads: true,
  mergeHeads: true,
  attentionSoftmax: true,
  attentionSoftmaxGradient: true,
  firstToken: true,
  firstTokenGradient: true,
  weightedMean: true,
  weightedMeanGradient: true,
  sigmoid: true,
  sigmoidGradient: true,
  tanh: true,
  tanhGradient: true,
  sumRows: true,
  squaredErrorLoss: true,
  squaredErrorGradient: true,
  crossEntropyLoss: true,
  crossEntropyGradient: true,
};

/** Every kind of operation, with all its flags and optional inputs. */
export const OPERATION_CASES: readonly OperationCase[] = [
  ...[false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) => [
      matMulCase(transposeA, transposeB),
      batchMatMulCase(transposeA, transposeB),
    ]),
  ),
  operationCase('matMul adds a bias', (recorder) => {
    const x = recorder.batch('x', ['B*T', HIDDEN]);
    const weight = recorder.constant('weight', [WIDE, HIDDEN]);
    const addend = recorder.constant('bias', [WIDE]);
    return recorder.matMul(x, weight, { transposeB: true, addend });
  }),
  operationCase('matMul adds a bias that is trained', (recorder) => {
    const x = recorder.batch('x', ['B', HIDDEN]);
    const weight = recorder.parameter('head.weight', [1, HIDDEN]);
    const addend = recorder.parameter('head.bias', [1]);
    return recorder.matMul(x, weight, { transposeB: true, addend });
  }),
  operationCase('matMul adds a matrix through a rank', (recorder) => {
    const u = recorder.batch('u', ['B*T', RANK]);
    const b = recorder.parameter('loraB', [WIDE, RANK]);
    const addend = recorder.batch('base', ['B*T', WIDE]);
    return recorder.matMul(u, b, { transposeB: true, addend });
  }),
  operationCase('matMul adds a matrix to a gradient with both operands transposed', (recorder) => {
    const a = recorder.batch('a', ['B*T', RANK]);
    const b = recorder.batch('b', [WIDE, 'B*T']);
    const addend = recorder.batch('base', [RANK, WIDE]);
    return recorder.matMul(a, b, { transposeA: true, transposeB: true, addend });
  }),
  operationCase('matMul of a constant on the left', (recorder) => {
    const weight = recorder.constant('weight', [HIDDEN, WIDE]);
    return recorder.matMul(weight, recorder.batch('x', ['B*T', HIDDEN]), { transposeA: true, transposeB: true });
  }),
  operationCase('batchMatMul of one query row', (recorder) => {
    const query = recorder.batch('query', ['B', HEADS, 1, HEAD_SIZE]);
    const keys = recorder.batch('keys', ['B', HEADS, 'T', HEAD_SIZE]);
    return recorder.batchMatMul(query, keys, { transposeB: true });
  }),
  operationCase('batchMatMul of one query row, transposed as in its gradient', (recorder) => {
    const dScores = recorder.batch('dScores', ['B', HEADS, 1, 'T']);
    const query = recorder.batch('query', ['B', HEADS, 1, HEAD_SIZE]);
    return recorder.batchMatMul(dScores, query, { transposeA: true });
  }),
  operationCase('add of matrices', (recorder) =>
    recorder.add(recorder.batch('a', ['B*T', HIDDEN]), recorder.batch('b', ['B*T', HIDDEN])),
  ),
  operationCase('add of scalars', (recorder) => recorder.add(recorder.batch('a', []), recorder.batch('b', []))),
  operationCase('scale', (recorder) =>
    recorder.scale(recorder.batch('x', ['B*T', RANK]), recorder.parameter('scaling', [])),
  ),
  operationCase('scaleColumns', (recorder) =>
    recorder.scaleColumns(recorder.batch('x', ['B*T', RANK]), recorder.parameter('factors', [RANK])),
  ),
  operationCase('columnDots', (recorder) =>
    recorder.columnDots(recorder.batch('a', ['B*T', RANK]), recorder.batch('b', ['B*T', RANK])),
  ),
  operationCase(
    'dropout of tokens',
    (recorder) => recorder.dropout(recorder.batch('x', ['B*T', HIDDEN]), 'mask', { rate: 0.2, rows: 'tokens' }),
    { mask: keptOrDropped },
  ),
  operationCase(
    'dropout of attention',
    (recorder) =>
      recorder.dropout(recorder.batch('x', ['B', HEADS, 'T', 'T']), 'mask', { rate: 0.2, rows: 'attention' }),
    { mask: keptOrDropped },
  ),
  operationCase('layerNorm', (recorder) => {
    const x = recorder.batch('x', ['B*T', HIDDEN]);
    const { y, mean, inverseStd } = recorder.layerNorm(x, gamma(recorder), beta(recorder), 1e-5);
    recorder.output('mean', mean);
    recorder.output('inverseStd', inverseStd);
    return y;
  }),
  operationCase(
    'layerNorm whose statistics nobody reads',
    (recorder) => recorder.layerNorm(recorder.batch('x', ['B', HIDDEN]), gamma(recorder), beta(recorder), 1e-12).y,
  ),
  operationCase('layerNormGradient', (recorder) => {
    const x = recorder.batch('x', ['B*T', HIDDEN]);
    const weight = gamma(recorder);
    const saved = recorder.layerNorm(x, weight, beta(recorder), 1e-5);
    return recorder.layerNormGradient(recorder.batch('dy', ['B*T', HIDDEN]), { x, gamma: weight, ...saved });
  }),
  operationCase('gelu', (recorder) => recorder.gelu(recorder.batch('x', ['B*T', WIDE])), { x: wide }),
  operationCase(
    'geluGradient',
    (recorder) => recorder.geluGradient(recorder.batch('dy', ['B*T', WIDE]), recorder.batch('x', ['B*T', WIDE])),
    { x: wide },
  ),
  operationCase(
    'gelu and its gradient of one value',
    (recorder) => {
      const x = recorder.batch('x', ['B*T', WIDE]);
      recorder.output('activation', recorder.gelu(x));
      return recorder.geluGradient(recorder.batch('dy', ['B*T', WIDE]), x);
    },
    { x: wide },
  ),
  operationCase('splitHeads of all tokens', (recorder) =>
    recorder.splitHeads(recorder.batch('x', ['B*T', HIDDEN]), HEADS, 'T'),
  ),
  operationCase('splitHeads of first tokens', (recorder) =>
    recorder.splitHeads(recorder.batch('x', ['B', HIDDEN]), HEADS, 1),
  ),
  operationCase('mergeHeads of all tokens', (recorder) =>
    recorder.mergeHeads(recorder.batch('x', ['B', HEADS, 'T', HEAD_SIZE])),
  ),
  operationCase('mergeHeads of first tokens', (recorder) =>
    recorder.mergeHeads(recorder.batch('x', ['B', HEADS, 1, HEAD_SIZE])),
  ),
  ...(['T', 1] as const).flatMap((queries) => [
    operationCase(
      `attentionSoftmax with masked keys, ${queries} query rows`,
      (recorder) =>
        recorder.attentionSoftmax(
          recorder.batch('scores', ['B', HEADS, queries, 'T']),
          recorder.batch('keyBias', ['B', 'T']),
          FACTOR,
        ),
      { scores: wide, keyBias: someKeysMasked },
    ),
    operationCase(
      `attentionSoftmaxGradient with masked keys, ${queries} query rows`,
      (recorder) => {
        const scores = recorder.batch('scores', ['B', HEADS, queries, 'T']);
        const y = recorder.attentionSoftmax(scores, recorder.batch('keyBias', ['B', 'T']), FACTOR);
        const dy = recorder.batch('dy', ['B', HEADS, queries, 'T']);
        return recorder.attentionSoftmaxGradient(dy, y, FACTOR);
      },
      { scores: wide, keyBias: someKeysMasked },
    ),
  ]),
  operationCase('firstToken', (recorder) => recorder.firstToken(recorder.batch('x', ['B*T', HIDDEN]))),
  operationCase('firstTokenGradient', (recorder) =>
    recorder.firstTokenGradient(recorder.batch('dy', ['B', HIDDEN]), recorder.batch('base', ['B*T', HIDDEN])),
  ),
  operationCase(
    'weightedMean',
    (recorder) => recorder.weightedMean(recorder.batch('x', ['B*T', HIDDEN]), recorder.batch('weights', ['B', 'T'])),
    { weights: weightsOrZero },
  ),
  operationCase(
    'weightedMeanGradient',
    (recorder) =>
      recorder.weightedMeanGradient(recorder.batch('dy', ['B', HIDDEN]), recorder.batch('weights', ['B', 'T'])),
    { weights: weightsOrZero },
  ),
  operationCase('sigmoid', (recorder) => recorder.sigmoid(recorder.batch('x', ['B', 1])), { x: wide }),
  operationCase(
    'sigmoidGradient',
    (recorder) => recorder.sigmoidGradient(recorder.batch('dy', ['B', 1]), recorder.batch('y', ['B', 1])),
    { y: uniformAt },
  ),
  operationCase('tanh', (recorder) => recorder.tanh(recorder.batch('x', ['B', HIDDEN])), { x: wide }),
  operationCase(
    'tanhGradient',
    (recorder) => recorder.tanhGradient(recorder.batch('dy', ['B', HIDDEN]), recorder.batch('y', ['B', HIDDEN])),
    { y: (key, index) => 2 * uniformAt(key, index) - 1 },
  ),
  operationCase('sumRows', (recorder) => recorder.sumRows(recorder.batch('x', ['B*T', WIDE]))),
  operationCase('sumRows of one column', (recorder) => recorder.sumRows(recorder.batch('x', ['B', 1]))),
  operationCase('squaredErrorLoss', (recorder) => recorder.squaredErrorLoss(...regression(recorder)), {
    rowWeight: weightsOrZero,
  }),
  operationCase('squaredErrorGradient', (recorder) => recorder.squaredErrorGradient(...regression(recorder), 0.6), {
    rowWeight: weightsOrZero,
  }),
  operationCase('crossEntropyLoss', (recorder) => recorder.crossEntropyLoss(...classification(recorder)), {
    logits: wide,
    target: oneHot,
    rowWeight: weightsOrZero,
  }),
  operationCase('crossEntropyGradient', (recorder) => recorder.crossEntropyGradient(...classification(recorder), 0.4), {
    logits: wide,
    target: oneHot,
    rowWeight: weightsOrZero,
  }),
  operationCase('an input handed back as it is', (recorder) => {
    const x = recorder.batch('x', ['B*T', HIDDEN]);
    recorder.output('same', x);
    return recorder.add(x, x);
  }),
];

/** All tensors that a plan is given at these sizes, constants in a map of their own, drawn by name. */
export function drawTensors(
  { plan, draws }: Pick<OperationCase, 'plan' | 'draws'>,
  atSizes: Sizes,
  seed: number,
): { given: Map<string, Float32Array>; constants: Map<string, Float32Array> } {
  const given = new Map<string, Float32Array>();
  const constants = new Map<string, Float32Array>();
  for (const value of plan.given) {
    if (value.source.from === 'operation') continue;
    const { name } = value.source;
    const key = randomKey(seed, name);
    const draw = draws[name] ?? normal;
    const count = elementCount(value.shape, atSizes);
    const width = elementCount(value.shape.slice(-1), atSizes);
    const tensor = Float32Array.from({ length: count }, (_, index) => draw(key, index, width));
    (value.source.from === 'constant' ? constants : given).set(name, tensor);
  }
  return { given, constants };
}

function operationCase(
  title: string,
  record: (recorder: Recorder) => Value,
  draws: Readonly<Record<string, Draw>> = {},
): OperationCase {
  const recorder = new Recorder();
  recorder.output('result', record(recorder));
  return { title, plan: recorder.finish(), draws };
}

function matMulCase(transposeA: boolean, transposeB: boolean): OperationCase {
  return operationCase(`matMul${flags(transposeA, transposeB)}`, (recorder) => {
    const a = recorder.batch('a', transposeA ? ['B*T', RANK] : [RANK, 'B*T']);
    const b = recorder.batch('b', transposeB ? [WIDE, 'B*T'] : ['B*T', WIDE]);
    return recorder.matMul(a, b, { transposeA, transposeB });
  });
}

function batchMatMulCase(transposeA: boolean, transposeB: boolean): OperationCase {
  return operationCase(`batchMatMul${flags(transposeA, transposeB)}`, (recorder) => {
    const a = recorder.batch('a', ['B', HEADS, ...(transposeA ? ['T', HEAD_SIZE] : [HEAD_SIZE, 'T'])]);
    const b = recorder.batch('b', ['B', HEADS, ...(transposeB ? [WIDE, 'T'] : ['T', WIDE])]);
    return recorder.batchMatMul(a, b, { transposeA, transposeB });
  });
}

function flags(transposeA: boolean, transposeB: boolean): string {
  return ` with ${transposeA ? 'aᵀ' : 'a'} and ${transposeB ? 'bᵀ' : 'b'}`;
}

function gamma(recorder: Recorder): Value {
  return recorder.constant('gamma', [HIDDEN]);
}

function beta(recorder: Recorder): Value {
  return recorder.constant('beta', [HIDDEN]);
}

function regression(recorder: Recorder): [Value, Value, Value] {
  return [recorder.batch('prediction', ['B', 1]), recorder.batch('target', ['B', 1]), rowWeight(recorder)];
}

function classification(recorder: Recorder): [Value, Value, Value] {
  return [recorder.batch('logits', ['B', CLASSES]), recorder.batch('target', ['B', CLASSES]), rowWeight(recorder)];
}

function rowWeight(recorder: Recorder): Value {
  return recorder.batch('rowWeight', ['B', 1]);
}

function sizes({ B, T, rank }: { B: number; T: number; rank: number }): Sizes {
  return new Map([
    ['B', B],
    ['T', T],
    [RANK, rank],
  ]);
}

/** Box–Muller. */
function normal(key: RandomKey, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(key, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(key, 2 * index + 1));
}

/** Out to where activation functions are flat. */
function wide(key: RandomKey, index: number): number {
  return 4 * normal(key, index);
}

function keptOrDropped(key: RandomKey, index: number): number {
  return uniformAt(key, index) < 0.2 ? 0 : 1.25;
}

/** The first key of every example stays. */
function someKeysMasked(key: RandomKey, index: number, width: number): number {
  return index % width > 0 && uniformAt(key, index) < 0.5 ? MASKED : 0;
}

/** Padding weighs nothing. */
function weightsOrZero(key: RandomKey, index: number): number {
  return Math.max(0, uniformAt(key, index) - 0.2);
}

function oneHot(key: RandomKey, index: number, width: number): number {
  const chosen = Math.floor(width * uniformAt(foldKey(key, 1), Math.floor(index / width)));
  return index % width === chosen ? 1 : 0;
}
