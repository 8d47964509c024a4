import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { loadTensorflow } from '../../../node/engines/loadTensorflow.ts';
import { tensorflowStatus } from '../../../node/engines/tensorflowStatus.ts';

const status = tensorflowStatus();

describe.skipIf(!status.installed)('an installed TensorFlow', () => {
  it("computes products and gradients for this program's own tfjs", async () => {
    const loaded = await loadTensorflow();
    expect(loaded.modulePath).toBe(status.modulePath);
    expect(loaded.passedOver).toEqual([]);
    expect(tf.getBackend()).toBe('tensorflow');
    // [1 2; 3 4] · [5 6; 7 8] = [19 22; 43 50]; d/dx Σx² = 2x
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
    expect([...(await product.data())]).toEqual([19, 22, 43, 50]);
    const gradient = tf.grad((x) => x.square().sum())(tf.tensor1d([1, 2, 3]));
    expect([...(await gradient.data())]).toEqual([2, 4, 6]);
  });

  it('can be loaded again', async () => {
    expect(await loadTensorflow()).toEqual(await loadTensorflow());
  });
});

describe.skipIf(status.installed)('a TensorFlow that is not there', () => {
  it('is an engine error with what to do', async () => {
    await expect(loadTensorflow()).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining(status.reason),
    });
  });
});
