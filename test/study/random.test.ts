import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldKey, mix32, randomKey, shuffledIndices, uniformAt } from '../../shared/study/random.ts';

/** Standard deviations that a fair draw may be off: passed by chance once in 16 000, and the seeds are fixed. */
const SIGMAS = 4;
const DRAWS = 20_000;

function uniforms(key: number, count = DRAWS): number[] {
  return Array.from({ length: count }, (_, i) => uniformAt(key, i));
}

describe('uniform numbers by counter', () => {
  it('lie in [0, 1) and fill it evenly', () => {
    const values = uniforms(randomKey(0, 'test'));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const counts = Array.from({ length: 50 }, () => 0);
    for (const value of values) counts[Math.floor(value * 50)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - DRAWS / 50) ** 2 / (DRAWS / 50), 0);
    // 49 degrees of freedom: mean 49, variance 98.
    expect(Math.abs(chiSquare - 49)).toBeLessThan(SIGMAS * Math.sqrt(98));
  });

  it.each([
    ['neighbours of a stream', uniforms(randomKey(0, 'test'), DRAWS + 1).slice(1)],
    ['purposes', uniforms(randomKey(0, 'tesu'))],
    ['seeds', uniforms(randomKey(1, 'test'))],
    ['seeds above 32 bits', uniforms(randomKey(2 ** 32, 'test'))],
    ['places', uniforms(randomKey(0, 'test', 0))],
    ['a word and a place', uniforms(randomKey(0, 'tes', 't'.charCodeAt(0)))],
  ])('are not correlated between %s', (_, others) => {
    const values = uniforms(randomKey(0, 'test'));
    const product = values.reduce((sum, value, i) => sum + (value - 0.5) * ((others[i] ?? 0) - 0.5), 0);
    expect(Math.abs((12 * product) / DRAWS)).toBeLessThan(SIGMAS / Math.sqrt(DRAWS));
  });

  it('are a pure function of key and index', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string(), fc.array(fc.nat()), fc.nat(), (seed, purpose, place, index) => {
        const value = uniformAt(randomKey(seed, purpose, ...place), index);
        expect(uniformAt(randomKey(seed, purpose, ...place), index)).toBe(value);
      }),
    );
  });

  it('stay what they were, so that a seed in a paper means the same under a later version', () => {
    expect(randomKey(42, 'order', 3)).toBe(413062287);
    expect(uniformAt(randomKey(42, 'order', 3), 7)).toBe(947211941 / 2 ** 32);
  });
});

describe('the mixing of 32 bits', () => {
  it('flips about half of the output for any input bit', () => {
    for (let bit = 0; bit < 32; bit++) {
      let flipped = 0;
      for (let i = 0; i < 500; i++) {
        const value = Math.imul(i, 0x9e3779b1);
        let difference = mix32(value) ^ mix32(value ^ (1 << bit));
        for (; difference !== 0; difference &= difference - 1) flipped += 1;
      }
      // 500 · 32 coin flips: deviation √16 000 / 2.
      expect(Math.abs(flipped - 8000), `bit ${bit}`).toBeLessThan(SIGMAS * 64);
    }
  });

  it('gives different keys to different coordinates', () => {
    const keys = Array.from({ length: DRAWS }, (_, i) => foldKey(123, i));
    expect(new Set(keys).size).toBe(DRAWS);
  });
});

describe('a shuffle', () => {
  it('holds every index once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer(), (length, key) => {
        expect(shuffledIndices(length, key).toSorted()).toEqual(Uint32Array.from({ length }, (_, i) => i));
      }),
    );
  });

  it('puts every index at every place alike', () => {
    const length = 5;
    const counts = Array.from({ length: length * length }, () => 0);
    for (let seed = 0; seed < 4000; seed++) {
      shuffledIndices(length, randomKey(seed, 'shuffle')).forEach((index, place) => {
        counts[place * length + index]! += 1;
      });
    }
    const deviation = Math.sqrt(4000 * 0.2 * 0.8);
    for (const count of counts) expect(Math.abs(count - 800)).toBeLessThan(SIGMAS * deviation);
  });
});
