import { expect, test } from 'vitest';
import { adapterModule } from '../../shared/lora/adapter.ts';
import { mergeLora } from '../../shared/lora/mergeLora.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

const QUERY = 'encoder.layer.0.attention.self.query';

test('adds scale · B · A to a weight worked by hand', () => {
  // B A = [1; 2; 0] [10, 20] + [0; 1; 1] [1, -1] = [[10, 20], [21, 39], [1, -1]]; scale = 6 / 2 = 3.
  const module = adapterModule(
    { path: QUERY, inputSize: 2, outputSize: 3 },
    { kind: 'fixed', alpha: 6 },
    Float32Array.of(10, 20, 1, -1),
    Float32Array.of(1, 0, 2, 1, 0, 1),
  );
  const weight = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect([...mergeLora(weight, module)]).toEqual([31, 62, 66, 121, 8, 3]);
  expect([...weight]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('gives the same output as the adapter beside the weight', () => {
  const [inputSize, outputSize, rank] = [7, 5, 3];
  const W = random('W', outputSize * inputSize);
  const A = random('A', rank * inputSize);
  const B = random('B', outputSize * rank);
  const x = random('x', inputSize);
  const module = adapterModule({ path: QUERY, inputSize, outputSize }, { kind: 'rsLora', alpha: 4 }, A, B);
  const beside = times(B, outputSize, times(A, rank, [...x])).map((value) => value * (4 / Math.sqrt(3)));
  const base = times(W, outputSize, [...x]);
  times(mergeLora(W, module), outputSize, [...x]).forEach((value, i) => {
    expect(value).toBeCloseTo((base[i] ?? Number.NaN) + (beside[i] ?? Number.NaN), 6); // float32 rounding of W'
  });
});

test('refuses a weight of another size', () => {
  const module = adapterModule(
    { path: QUERY, inputSize: 2, outputSize: 3 },
    { kind: 'rank' },
    new Float32Array(2),
    new Float32Array(3),
  );
  expect(() => mergeLora(new Float32Array(4), module)).toThrow('the adapter is for a weight [3, 2], got 4 values');
});

function random(purpose: string, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => uniformAt(randomKey(0, purpose), i) - 0.5);
}

/** matrix [rows, n] · vector [n] */
function times(matrix: Float32Array, rows: number, vector: readonly number[]): number[] {
  return Array.from({ length: rows }, (_, i) =>
    vector.reduce((sum, value, j) => sum + value * (matrix[i * vector.length + j] ?? Number.NaN), 0),
  );
}
