import { expect, test } from 'vitest';
import { parseScore } from '../../shared/data/parseScore.ts';
import { parseScoreMap } from '../../shared/data/parseScoreMap.ts';

test.each([
  ['0.5', 0.5],
  [' -1 ', -1],
  ['+.25', 0.25],
  ['1.', 1],
  ['1e-2', 0.01],
  [-0.75, -0.75],
  [1n, 1],
])('reads the score %s', (value, score) => {
  expect(parseScore(value)).toBe(score);
});

test('makes one zero of both', () => {
  expect(parseScore('-0')).toBe(0);
});

test.each([
  ['', 'the score is missing'],
  ['  ', 'the score is missing'],
  [null, 'the score is missing'],
  [undefined, 'the score is missing'],
  ['nan', 'score "nan" is not a finite number'],
  [Number.NaN, 'score NaN is not a finite number'],
  ['-inf', 'score "-inf" is not a finite number'],
  ['Infinity', 'score "Infinity" is not a finite number'],
  ['1e999', 'score "1e999" is not a finite number'],
  ['0,5', 'score "0,5" is not a finite number: write a decimal point'],
  ['0x1', 'score "0x1" is not a finite number'],
  ['0.5 %', 'score "0.5 %" is not a finite number'],
  [true, 'score true is not a finite number'],
  [[0.5], 'score a list is not a finite number'],
  ['1.01', 'score "1.01" is outside [-1, 1]'],
  [-2n, 'score -2 is outside [-1, 1]'],
])('says what is wrong with the score %s', (value, problem) => {
  expect(parseScore(value)).toBe(problem);
});

test('reads a score map with classes in any case, with = and - in their names', () => {
  const map = parseScoreMap('Strong_Negative=-1, neutral = 0,a=b=0.5,-1=-0.5');
  expect([...map]).toEqual([
    ['strong negative', -1],
    ['neutral', 0],
    ['a=b', 0.5],
    ['-1', -0.5],
  ]);
});

test('reports all that is wrong with a score map at once', () => {
  expect(() => parseScoreMap('good,=1,bad=2,ok=0,OK=1')).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: [
        'a score map is written like "negative=-1,neutral=0,positive=1":',
        '  - "good" is not of the form class=score',
        '  - "=1" is not of the form class=score',
        '  - class "bad": score "2" is outside [-1, 1]',
        '  - class "ok" is named twice',
      ].join('\n'),
    }),
  );
});
