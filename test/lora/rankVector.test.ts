import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRankVector, parseRankVector } from '../../shared/lora/rankVector.ts';

test('a single number is the rank of every layer', () => {
  expect(parseRankVector('8', 4, 64)).toEqual([8, 8, 8, 8]);
});

test('groups are equal parts of the layers, bottom to top', () => {
  expect(parseRankVector('384@512@256', 6, 1024)).toEqual([384, 384, 512, 512, 256, 256]);
});

test('a list gives every layer its own rank, 0 for none', () => {
  expect(parseRankVector('8,8, 0,16', 4, 16)).toEqual([8, 8, 0, 16]);
});

test('refuses a rank beyond the largest with its place, value and bounds', () => {
  expect(() => parseRankVector('8,8,8,96', 4, 64)).toThrow(/^ranks\[3\] must be a whole number 0–64, got 96$/);
});

test('lists every wrong rank at once', () => {
  expect(() => parseRankVector('-1,8,,1.5', 4, 64)).toThrow(
    /ranks\[0\] .* got -1\n.*ranks\[2\] .* got nothing\n.*ranks\[3\] .* got 1\.5/,
  );
});

test('refuses the wrong number of layers', () => {
  expect(() => parseRankVector('8,8,8', 4, 64)).toThrow(
    'ranks "8,8,8" are for 3 layers, the encoder has 4: give one per layer',
  );
});

test('refuses groups that are not equal and says which numbers are', () => {
  expect(() => parseRankVector('8@8@8@8', 6, 64)).toThrow(
    'ranks "8@8@8@8" are 4 groups, 6 layers cannot be cut into so many equal groups: use 1, 2, 3, 6',
  );
});

test('refuses a mixture of groups and layers', () => {
  expect(() => parseRankVector('8@16,4', 4, 64)).toThrow('write one or the other');
});

test('writes the shortest text', () => {
  expect(formatRankVector([8, 8, 8, 8, 8, 8])).toBe('8');
  expect(formatRankVector([8, 8, 8, 4, 4, 4])).toBe('8@4');
  expect(formatRankVector([8, 8, 4, 4, 8, 8])).toBe('8@4@8');
  expect(formatRankVector([8, 4, 4, 4, 4, 4])).toBe('8,4,4,4,4,4');
});

test('reads back whatever it writes', () => {
  const ranks = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(ranks, (vector) => {
      expect(parseRankVector(formatRankVector(vector), vector.length, 3)).toEqual(vector);
    }),
  );
});
