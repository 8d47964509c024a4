import { describe, expect, it } from 'vitest';
import { elementCount, rankSymbol, type Sizes } from '../../shared/plan/dimension.ts';
import type { Value } from '../../shared/plan/operation.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { Recorder } from '../../shared/plan/recorder.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';
import { normalDistribution } from '../support/normalDistribution.ts';
import { runReference } from '../support/referenceEngine.ts';

/** Central differences in float64 at this step are off by its square times a third derivative (some 1e-9), and by rounding (1e-11). */
const STEP = 1e-5;
const TOLERANCE = 1e-7;

const HEADS = 2;
const HEAD_SIZE = 3;
const HIDDEN = HEADS * HEAD_SIZE;
const CLASSES = 5;
const FACTOR = 0.37;
const RANK = rankSymbol('layer');
const SIZES: Sizes = new Map([
  ['B', 3],
  ['T', 4],
  [RANK, 2],
]);

/** A function of given tensors, L = Σ weight · output over `terms`, and its recorded gradients by the name of the tensor. */
interface Recorded {
  readonly terms: readonly { readonly output: Value; readonly weight: Value }[];
  readonly gradients: Readonly<Record<string, Value>>;
}

interface GradientCase {
  readonly title: string;
  readonly record: (recorder: Recorder) => Recorded;
}

const FLAGS = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));

const CASES: readonly GradientCase[] = [
  ...FLAGS.map((flags) => matMulCase(flags)),
  ...FLAGS.map((flags) => batchMatMulCase(flags)),
  elementwise('scale', (recorder, x) => {
    const scalar = recorder.parameter('scalar', []);
    return { output: recorder.scale(x, scalar), gradient: (dy) => recorder.scale(dy, scalar) };
  }),
  {
    title: 'scaleColumns',
    record(recorder) {
      const [x, factors] = [recorder.batch('x', ['B*T', RANK]), recorder.parameter('factors', [RANK])];
      const output = recorder.scaleColumns(x, factors);
      const dy = recorder.batch('dy', output.shape);
      return {
        terms: [{ output, weight: dy }],
        gradients: { x: recorder.scaleColumns(dy, factors), factors: recorder.columnDots(dy, x) },
      };
    },
  },
  elementwise('dropout', (recorder, x) => {
    const drop = (value: Value) => recorder.dropout(value, 'mask', { rate: 0.1, rows: 'tokens' });
    return { output: drop(x), gradient: drop };
  }),
  elementwise('layerNorm', (recorder, x) => {
    const gamma = recorder.constant('gamma', [HIDDEN]);
    const { y, mean, inverseStd } = recorder.layerNorm(x, gamma, recorder.constant('beta', [HIDDEN]), 1e-5);
    return { output: y, gradient: (dy) => recorder.layerNormGradient(dy, { x, gamma, mean, inverseStd }) };
  }),
  elementwise('gelu', (recorder, x) => ({
    output: recorder.gelu(x),
    gradient: (dy) => recorder.geluGradient(dy, x),
  })),
  elementwise('sigmoid', (recorder, x) => {
    const y = recorder.sigmoid(x);
    return { output: y, gradient: (dy) => recorder.sigmoidGradient(dy, y) };
  }),
  elementwise('tanh', (recorder, x) => {
    const y = recorder.tanh(x);
    return { output: y, gradient: (dy) => recorder.tanhGradient(dy, y) };
  }),
  elementwise('splitHeads', (recorder, x) => ({
    output: recorder.splitHeads(x, HEADS, 'T'),
    gradient: (dy) => recorder.mergeHeads(dy),
  })),
  elementwise('weightedMean', (recorder, x) => {
    const weights = recorder.batch('weights', ['B', 'T']);
    return {
      output: recorder.weightedMean(x, weights),
      gradient: (dy) => recorder.weightedMeanGradient(dy, weights),
    };
  }),
  {
    title: 'mergeHeads',
    record(recorder) {
      const x = recorder.batch('x', ['B', HEADS, 'T', HEAD_SIZE]);
      const output = recorder.mergeHeads(x);
      const weight = recorder.batch('dy', output.shape);
      return { terms: [{ output, weight }], gradients: { x: recorder.splitHeads(weight, HEADS, 'T') } };
    },
  },
  {
    title: 'attentionSoftmax',
    record(recorder) {
      const scores = recorder.batch('scores', ['B', HEADS, 'T', 'T']);
      const y = recorder.attentionSoftmax(scores, recorder.batch('keyBias', ['B', 'T']), FACTOR);
      const dy = recorder.batch('dy', y.shape);
      return {
        terms: [{ output: y, weight: dy }],
        gradients: { scores: recorder.attentionSoftmaxGradient(dy, y, FACTOR) },
      };
    },
  },
  {
    title: 'firstToken beside another use of its input',
    record(recorder) {
      const x = recorder.batch('x', ['B*T', HIDDEN]);
      const y = recorder.firstToken(x);
      const [dy, base] = [recorder.batch('dy', y.shape), recorder.batch('base', x.shape)];
      return {
        terms: [
          { output: y, weight: dy },
          { output: x, weight: base },
        ],
        gradients: { x: recorder.firstTokenGradient(dy, base) },
      };
    },
  },
  {
    title: 'a bias added to all rows',
    record(recorder) {
      const a = recorder.batch('a', ['B*T', HIDDEN]);
      const addend = recorder.parameter('bias', [CLASSES]);
      const output = recorder.matMul(a, recorder.constant('weight', [CLASSES, HIDDEN]), { transposeB: true, addend });
      const weight = recorder.batch('dy', output.shape);
      return { terms: [{ output, weight }], gradients: { bias: recorder.sumRows(weight) } };
    },
  },
  {
    title: 'squaredErrorLoss',
    record(recorder) {
      const row = (name: string) => recorder.batch(name, ['B', 1]);
      const [prediction, target, rowWeight] = [row('prediction'), row('target'), row('rowWeight')];
      return {
        terms: [
          { output: recorder.squaredErrorLoss(prediction, target, rowWeight), weight: recorder.batch('factor', []) },
        ],
        gradients: { prediction: recorder.squaredErrorGradient(prediction, target, rowWeight, FACTOR) },
      };
    },
  },
  {
    title: 'crossEntropyLoss',
    record(recorder) {
      const logits = recorder.batch('logits', ['B', CLASSES]);
      const [target, rowWeight] = [recorder.batch('oneHot', ['B', CLASSES]), recorder.batch('rowWeight', ['B', 1])];
      return {
        terms: [{ output: recorder.crossEntropyLoss(logits, target, rowWeight), weight: recorder.batch('factor', []) }],
        gradients: { logits: recorder.crossEntropyGradient(logits, target, rowWeight, FACTOR) },
      };
    },
  },
];

describe('the gradient operations', () => {
  it.each(CASES)('give what finite differences of $title give', ({ record }) => {
    const recorder = new Recorder();
    const { terms, gradients } = record(recorder);
    terms.forEach(({ output }, i) => recorder.output(`term ${i}`, output));
    for (const [name, gradient] of Object.entries(gradients)) recorder.output(gradientName(name), gradient);
    const plan = recorder.finish();
    const tensors = drawTensors(plan);
    const outputs = runReference(plan, SIZES, tensors);
    const weighted = () => {
      const perturbed = runReference(plan, SIZES, tensors);
      const sums = terms.map(({ weight }, i) => dot(perturbed.get(`term ${i}`), tensors.get(nameOf(weight))));
      return sums.reduce((total, sum) => total + sum, 0);
    };
    for (const name of Object.keys(gradients)) {
      const found = outputs.get(gradientName(name));
      const wanted = centralDifferences(weighted, tensors.get(name) ?? new Float64Array());
      expect(found?.length).toBe(wanted.length);
      const scale = Math.max(1, ...wanted.map(Math.abs));
      const worst = Math.max(...wanted.map((value, i) => Math.abs(value - (found?.[i] ?? Number.NaN))));
      expect(worst / scale, `gradient of ${name}`).toBeLessThan(TOLERANCE);
    }
  });
});

describe('the reference', () => {
  it('knows the normal distribution to 15 digits', () => {
    expect(normalDistribution(Math.SQRT2)).toBeCloseTo((1 + 0.8427007929497149) / 2, 15);
    expect(normalDistribution(-Math.SQRT2 / 2)).toBeCloseTo((1 - 0.5204998778130465) / 2, 15);
    expect(normalDistribution(3 * Math.SQRT2)).toBeCloseTo((1 + 0.9999779095030014) / 2, 15);
    expect(normalDistribution(-20)).toBe(0);
    expect(normalDistribution(Number.NaN)).toBeNaN();
  });

  it('multiplies a hand-worked pair of matrices and adds a bias', () => {
    const recorder = new Recorder();
    const [a, b] = [recorder.batch('a', [2, 2]), recorder.batch('b', [2, 2])];
    recorder.output('y', recorder.matMul(a, b, { transposeB: true, addend: recorder.batch('bias', [2]) }));
    const tensors = new Map([
      ['a', Float64Array.of(1, 2, 3, 4)],
      ['b', Float64Array.of(5, 6, 7, 8)],
      ['bias', Float64Array.of(100, 200)],
    ]);
    // [1 2; 3 4] · [5 7; 6 8] = [5+12 7+16; 15+24 21+32]
    expect(runReference(recorder.finish(), new Map(), tensors).get('y')).toEqual(Float64Array.of(117, 223, 139, 253));
  });

  it('gives probability 0 to masked keys and 1/2 to each of two equal ones', () => {
    const recorder = new Recorder();
    const scores = recorder.batch('scores', ['B', 1, 1, 'T']);
    recorder.output('y', recorder.attentionSoftmax(scores, recorder.batch('keyBias', ['B', 'T']), 2));
    const tensors = new Map([
      ['scores', Float64Array.of(3, 3, 9)],
      ['keyBias', Float64Array.of(0, 0, -1e9)],
    ]);
    const sizes = new Map([
      ['B', 1],
      ['T', 3],
    ]);
    expect(runReference(recorder.finish(), sizes, tensors).get('y')).toEqual(Float64Array.of(0.5, 0.5, 0));
  });
});

type Flags = (typeof FLAGS)[number];

function flagsInWords({ transposeA, transposeB }: Flags): string {
  return `${transposeA ? 'aᵀ' : 'a'} ${transposeB ? 'bᵀ' : 'b'}`;
}

function matMulCase({ transposeA, transposeB }: Flags): GradientCase {
  return {
    title: `matMul ${flagsInWords({ transposeA, transposeB })} + addend`,
    record(recorder) {
      const a = recorder.batch('a', transposeA ? [RANK, 'B*T'] : ['B*T', RANK]);
      const b = recorder.parameter('b', transposeB ? [HIDDEN, RANK] : [RANK, HIDDEN]);
      const addend = recorder.batch('addend', ['B*T', HIDDEN]);
      const output = recorder.matMul(a, b, { transposeA, transposeB, addend });
      const dy = recorder.batch('dy', output.shape);
      const da = transposeA
        ? recorder.matMul(b, dy, { transposeA: transposeB, transposeB: true })
        : recorder.matMul(dy, b, { transposeB: !transposeB });
      const db = transposeB
        ? recorder.matMul(dy, a, { transposeA: true, transposeB: transposeA })
        : recorder.matMul(a, dy, { transposeA: !transposeA });
      return { terms: [{ output, weight: dy }], gradients: { a: da, b: db, addend: dy } };
    },
  };
}

function batchMatMulCase({ transposeA, transposeB }: Flags): GradientCase {
  return {
    title: `batchMatMul ${flagsInWords({ transposeA, transposeB })}`,
    record(recorder) {
      const a = recorder.batch('a', ['B', HEADS, ...(transposeA ? ['T', 2] : [2, 'T'])]);
      const b = recorder.batch('b', ['B', HEADS, ...(transposeB ? [HEAD_SIZE, 'T'] : ['T', HEAD_SIZE])]);
      const output = recorder.batchMatMul(a, b, { transposeA, transposeB });
      const dy = recorder.batch('dy', output.shape);
      const da = transposeA
        ? recorder.batchMatMul(b, dy, { transposeA: transposeB, transposeB: true })
        : recorder.batchMatMul(dy, b, { transposeB: !transposeB });
      const db = transposeB
        ? recorder.batchMatMul(dy, a, { transposeA: true, transposeB: transposeA })
        : recorder.batchMatMul(a, dy, { transposeA: !transposeA });
      return { terms: [{ output, weight: dy }], gradients: { a: da, b: db } };
    },
  };
}

/** An operation on x [B*T, D] alone, as far as gradients go. */
function elementwise(
  title: string,
  record: (recorder: Recorder, x: Value) => { output: Value; gradient: (dy: Value) => Value },
): GradientCase {
  return {
    title,
    record(recorder) {
      const { output, gradient } = record(recorder, recorder.batch('x', ['B*T', HIDDEN]));
      const weight = recorder.batch('dy', output.shape);
      return { terms: [{ output, weight }], gradients: { x: gradient(weight) } };
    },
  };
}

function gradientName(name: string): string {
  return `gradient of ${name}`;
}

function nameOf({ source }: Value): string {
  return source.from === 'operation' ? '' : source.name;
}

function drawTensors(plan: Plan): Map<string, Float64Array> {
  return new Map(
    plan.given.map((value) => {
      const name = nameOf(value);
      const key = randomKey(1, name);
      const draw = (_: unknown, index: number) => {
        if (name === 'factor') return FACTOR;
        if (name === 'oneHot') return index % CLASSES === Math.floor(index / CLASSES) ? 1 : 0;
        return 4 * uniformAt(key, index) - 2;
      };
      return [name, Float64Array.from({ length: elementCount(value.shape, SIZES) }, draw)];
    }),
  );
}

function dot(a: Float64Array | undefined, b: Float64Array | undefined): number {
  return (a ?? new Float64Array()).reduce((sum, value, i) => sum + value * (b?.[i] ?? Number.NaN), 0);
}

/** dL/dx for every element of x, which is moved and put back. */
function centralDifferences(loss: () => number, x: Float64Array): number[] {
  return Array.from(x, (value, i) => {
    x[i] = value + STEP;
    const above = loss();
    x[i] = value - STEP;
    const below = loss();
    x[i] = value;
    return (above - below) / (2 * STEP);
  });
}
