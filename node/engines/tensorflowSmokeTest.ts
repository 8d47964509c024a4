import assert from 'node:assert/strict';
import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadTensorflowPackage } from './loadTensorflow.ts';

// Run as a program, so that a library that crashes takes only this process with it: loads the package in the folder given, computes a product,
// a gradient, a top-k (which calls what newer Nodes dropped) and 200 steps of Adam, and prints what it ran on as JSON.
const path = process.argv[2];
assert(path !== undefined, 'usage: tensorflowSmokeTest.ts PACKAGE_FOLDER');
const variant = basename(path) === 'tfjs-node-gpu' ? 'gpu' : 'cpu';
const loaded = await loadTensorflowPackage({ path, variant, isPrivate: true });
assert.equal(tf.getBackend(), 'tensorflow');

const product = tf
  .tensor2d([
    [1, 2],
    [3, 4],
  ])
  .matMul(
    tf.tensor2d([
      [5, 6],
      [7, 8],
    ]),
  );
assert.deepEqual([...(await product.data())], [19, 22, 43, 50]);

const gradient = tf.grad((x) => x.square().sum())(tf.tensor1d([1, 2, 3]));
assert.deepEqual([...(await gradient.data())], [2, 4, 6]);

assert.deepEqual([...(await tf.topk(tf.tensor1d([3, 9, 5]), 2).indices.data())], [1, 2]);

// y = X (1, -2, 3)^T is found from zero.
const inputs = tf.randomNormal([64, 3], 0, 1, 'float32', 1);
const targets = inputs.matMul(tf.tensor2d([[1], [-2], [3]]));
const weights = tf.variable(tf.zeros([3, 1]));
const adam = tf.train.adam(0.1);
for (let step = 0; step < 200; step += 1) {
  adam.minimize(() => inputs.matMul(weights).sub(targets).square().mean().asScalar(), false, [weights]);
}
const [loss] = await inputs.matMul(weights).sub(targets).square().mean().data();
assert(loss !== undefined && loss < 1e-3, `Adam did not converge: loss ${loss}`);
process.stdout.write(`${JSON.stringify(loaded)}\n`);
