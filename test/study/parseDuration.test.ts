import { expect, test } from 'vitest';
import { parseDuration } from '../../shared/study/parseDuration.ts';

test.each([
  ['90s', 90],
  ['30m', 1800],
  ['1h30m', 5400],
  ['1.5h', 5400],
  ['2h1m5s', 7265],
])('reads %s as %d seconds', (text, seconds) => {
  expect(parseDuration('--time', text)).toBe(seconds);
});

test.each(['', '0s', '30', 'm', '5m1h', '-5m', 'soon'])('refuses "%s" and names the flag', (text) => {
  expect(() => parseDuration('--time', text)).toThrow(/--time must be a duration such as 90s/);
});
