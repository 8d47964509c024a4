import { expect, it } from 'vitest';
import { madeUpEncoder } from '../../shared/encoder/madeUpEncoder.ts';
import { tinyConfig } from '../support/randomBackbone.ts';

const CONFIG = tinyConfig({ hiddenSize: 64 });

it('is the same for a seed, and another for another seed', () => {
  const name = 'encoder.layer.0.attention.self.query.weight';
  expect(madeUpEncoder(CONFIG, 3)).toEqual(madeUpEncoder(CONFIG, 3));
  expect(madeUpEncoder(CONFIG, 3).get(name)).not.toEqual(madeUpEncoder(CONFIG, 4).get(name));
});

it('has weights of deviation 0.02, LayerNorms that leave their input, and no bias', () => {
  for (const [name, { shape, data }] of madeUpEncoder(CONFIG, 0)) {
    expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0) / data.length);
    if (name.endsWith('LayerNorm.weight')) expect(new Set(data), name).toEqual(new Set([1]));
    else if (name.endsWith('.bias')) expect(deviation, name).toBe(0);
    // 64 values in the smallest table: 5 standard errors of a deviation.
    else expect(Math.abs(deviation / 0.02 - 1), name).toBeLessThan(5 / Math.sqrt(2 * data.length));
  }
});
