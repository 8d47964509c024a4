import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { wasmStackedProduct } from '../../../shared/engines/tfjs/wasmStackedProduct.ts';
import { openWasmEngine } from '../../../workers/wasmNode.ts';

const CONTEXT = { tf, backend: 'wasm', backendName: 'wasm' } as const;
/** Sums of 24 products of numbers below 1, each rounded to 6e-8, in another order. */
const TOLERANCE = 3e-6;

beforeAll(async () => {
  await openWasmEngine({ readConstant: async () => new Float32Array() });
});

it('multiplies matrix by matrix, and leaves nothing behind but the result', () => {
  const [a, b] = [tf.randomUniform([2, 3, 16, 24], -1, 1, 'float32', 1), tf.randomUniform([2, 3, 24, 20])];
  const idsBefore = tf.backend().numDataIds();
  const product = wasmStackedProduct(CONTEXT, a, b);
  expect(tf.backend().numDataIds()).toBe(idsBefore + 1);
  expect(product.shape).toEqual([2, 3, 16, 20]);
  const wanted = tf.tidy(() => tf.matMul(a, b).dataSync());
  product
    .dataSync()
    .forEach((number, i) => expect(Math.abs(number - (wanted[i] ?? Number.NaN))).toBeLessThan(TOLERANCE));
  product.dispose();
  expect(tf.backend().numDataIds()).toBe(idsBefore);
});

it('multiplies by the numbers that a tensor has now, not by those that lay at its place before', () => {
  const a = tf.ones([2, 4, 4]);
  const sums = [1, 2].map((value) =>
    tf.tidy(() => wasmStackedProduct(CONTEXT, a, tf.mul(tf.ones([2, 4, 4]), value)).dataSync()[0]),
  );
  expect(sums).toEqual([4, 8]);
});
