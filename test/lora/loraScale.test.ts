import { describe, expect, test } from 'vitest';
import { adapterModule } from '../../shared/lora/adapter.ts';
import { adaLoraScale, formatAlphaRule, loraScale, parseAlphaRule } from '../../shared/lora/loraScale.ts';
import { goldenJson } from '../support/golden.ts';

test.each([
  ['rank', 8, 1],
  ['16', 8, 2],
  ['rslora:16', 4, 8],
  ['16', 0, 0],
])('alpha %s scales a module of rank %i by %d', (text, rank, scale) => {
  const rule = parseAlphaRule(text);
  expect(loraScale(rule, rank)).toBe(scale);
  expect(formatAlphaRule(rule)).toBe(text);
});

test.each(['', '0', '-1', 'Rank', 'rslora:', 'rslora:rank', '1e999'])('refuses alpha "%s"', (text) => {
  expect(() => parseAlphaRule(text)).toThrow(
    `alpha must be "rank", a number above 0 or "rslora:" and a number, got "${text}"`,
  );
});

test('scales AdaLoRA by alpha over the rank it starts with, plus 1e-5 as PEFT does', () => {
  expect(adaLoraScale({ kind: 'fixed', alpha: 8 }, 6)).toBeCloseTo(8 / 6.00001, 12);
  expect(adaLoraScale({ kind: 'rank' }, 12)).toBeCloseTo(12 / 12.00001, 12);
  expect(() => adaLoraScale({ kind: 'rsLora', alpha: 8 }, 6)).toThrow(/no rsLoRA scale/);
});

interface StepFixture {
  ranks: Record<string, number>;
  cases: Record<string, { alpha: Record<string, number>; scaling: Record<string, number> }>;
}

describe("scales equal PEFT's", () => {
  const { ranks, cases } = goldenJson<StepFixture>('lora-step', 'fixture.json');
  test.each(Object.entries(cases))('%s', (_, { alpha, scaling }) => {
    for (const [path, wanted] of Object.entries(scaling)) {
      expect(loraScale({ kind: 'fixed', alpha: alpha[path] ?? Number.NaN }, ranks[path] ?? 0), path).toBe(wanted);
    }
  });
});

test('refuses factors that do not fit the weight', () => {
  const module = { path: 'encoder.layer.0.attention.self.query', inputSize: 2, outputSize: 3 };
  expect(() => adapterModule(module, { kind: 'rank' }, new Float32Array(4), new Float32Array(4))).toThrow(
    'encoder.layer.0.attention.self.query: A of 4 and B of 4 values do not fit a weight [3, 2]',
  );
});
