/**
 * Random numbers by counter: a value is a pure function of (seed, purpose, place), never of how many were drawn before.
 * So resuming needs no generator state, and whatever two runs share at one seed they draw alike.
 */

/** A 32-bit key for a stream of values: fold a seed, a purpose and a place into it with `randomKey` and `foldKey`. */
export type RandomKey = number;

/** Mixes 32 bits so that any input bit flips about half of the output's (C. Wellons' "lowbias32"). */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}

/** One more coordinate folded into a key. */
export function foldKey(key: RandomKey, coordinate: number): RandomKey {
  return mix32(Math.imul(key ^ 0x9e3779b9, 0x85ebca6b) + coordinate);
}

/** The key of a purpose (a plain word such as "order" or a tensor's name) and a place, at one seed. */
export function randomKey(seed: number, purpose: string, ...place: readonly number[]): RandomKey {
  let key = foldKey(mix32(seed | 0), Math.floor(seed / 0x1_0000_0000));
  for (let i = 0; i < purpose.length; i++) key = foldKey(key, purpose.charCodeAt(i));
  key = foldKey(key, purpose.length);
  for (const coordinate of place) key = foldKey(key, coordinate);
  return key;
}

/** The value of stream `key` at `index`, uniform on [0, 1) in steps of 2^-32. */
export function uniformAt(key: RandomKey, index: number): number {
  return (foldKey(key, index) >>> 0) / 0x1_0000_0000;
}

/** The value of stream `key` at `index`, normal with mean 0 and variance 1 (Box–Muller). */
export function normalAt(key: RandomKey, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(key, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(key, 2 * index + 1));
}

/** The indices 0 … length-1 in an order drawn from stream `key` (Fisher–Yates). */
export function shuffledIndices(length: number, key: RandomKey): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(uniformAt(key, i) * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
