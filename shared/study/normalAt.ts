import { type RandomKey, uniformAt } from './random.ts';

/** The value of stream `key` at `index`, normal with mean 0 and SD 1 (Box–Muller over two uniform values). */
export function normalAt(key: RandomKey, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(key, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(key, 2 * index + 1));
}
