import { expect, test } from 'vitest';
import { expandRanks, largestRank, loraParameterCount, parseRankMap } from '../../shared/lora/rankMap.ts';
import { parseRankVector } from '../../shared/lora/rankVector.ts';

const ROBERTA_LARGE = { layerCount: 24, hiddenSize: 1024, intermediateSize: 4096 };
const TINY = { layerCount: 4, hiddenSize: 32, intermediateSize: 64 };

function countOf(text: string): number {
  return loraParameterCount(expandRanks(parseRankVector(text, 24, 1024), ['query', 'value']), ROBERTA_LARGE);
}

test('counts what the paper counts for RoBERTa-Large, query and value', () => {
  expect(countOf('1')).toBe(98_304); // 24 layers · 2 modules · (1024 + 1024)
  expect(countOf('8')).toBe(786_432);
  expect(countOf('512')).toBe(50_331_648);
  expect(countOf('1@0@0')).toBe(32_768); // a group of 8 layers
  expect(countOf('384@512@256')).toBe(countOf('384'));
});

test('counts feed-forward modules by their own sizes', () => {
  const ranks = expandRanks([2, 0, 0, 0], ['intermediate', 'output']);
  expect(loraParameterCount(ranks, TINY)).toBe(2 * (32 + 64) + 2 * (64 + 32));
});

test('bounds the rank by the smallest side of any target', () => {
  expect(largestRank(['query', 'output'], TINY)).toBe(32);
  expect(largestRank(['query'], { ...TINY, hiddenSize: 128 })).toBe(128);
});

test('reads ranks per module and keeps rank 0', () => {
  const ranks = parseRankMap({ 'encoder.layer.0.attention.self.query': 4, 'encoder.layer.3.output.dense': 0 }, TINY);
  expect([...ranks]).toEqual([
    ['encoder.layer.0.attention.self.query', 4],
    ['encoder.layer.3.output.dense', 0],
  ]);
});

test('names every wrong path and rank at once', () => {
  const json = {
    'encoder.layer.4.attention.self.query': 1,
    'encoder.layer.0.attention.self.query': 33,
    'encoder.layer.1.attention.self.query': '8',
    'encoder.layer.2.attention.self.query': 1.5,
  };
  expect(() => parseRankMap(json, TINY)).toThrow(
    new RegExp(
      [
        'encoder.layer.4.attention.self.query is no module of an encoder of 4 layers; they are named like .*',
        '.*layer.0.attention.self.query"\\] must be a whole number 0–32, got 33',
        '.*layer.1.attention.self.query"\\] must be a whole number 0–32, got "8"',
        '.*layer.2.attention.self.query"\\] must be a whole number 0–32, got 1.5',
      ].join('\n'),
    ),
  );
});
