import { describe, expect, it } from 'vitest';
import { etaInWords, etaRange } from '../../shared/history/etaRange.ts';

describe('the time left', () => {
  it('is unknown before three steps', () => {
    expect(etaRange([], 10)).toBeUndefined();
    expect(etaRange([5, 5], 10)).toBeUndefined();
    expect(etaRange([5, 5, 5], 10)).toEqual({ lowMs: 50, highMs: 50 });
  });

  it('spans the rest at the quartiles of the step times', () => {
    // Sorted 10 20 30 40 50: quartiles 20 and 40, times 3 steps.
    expect(etaRange([50, 10, 40, 20, 30], 3)).toEqual({ lowMs: 60, highMs: 120 });
  });

  it('goes by the newest fifty steps, and leaves the list as it is', () => {
    const steps = [...Array.from({ length: 100 }, () => 1000), ...Array.from({ length: 50 }, () => 10)];
    const before = [...steps];
    expect(etaRange(steps, 2)).toEqual({ lowMs: 20, highMs: 20 });
    expect(steps).toEqual(before);
  });

  it('is not moved by a few slow steps', () => {
    const steps = [10, 10, 10, 5000, 10, 10, 10, 10, 5000, 10];
    expect(etaRange(steps, 1)).toEqual({ lowMs: 10, highMs: 10 });
  });

  it('is nothing where no step is left', () => {
    expect(etaRange([1, 2, 3], 0)).toEqual({ lowMs: 0, highMs: 0 });
  });

  it.each([
    [20_100, 34_200, 'about 20–35 s'],
    [200, 800, 'about 0–1 s'],
    [5000, 5000, 'about 5 s'],
    [0, 0, 'about 0–1 s'],
    [100_000, 170_000, 'about 1–3 min'],
    [7_000_000, 7_300_000, 'about 1–3 h'],
  ])('of %i to %i ms is "%s"', (lowMs, highMs, words) => {
    expect(etaInWords({ lowMs, highMs })).toBe(words);
  });
});
