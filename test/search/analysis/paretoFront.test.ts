import { array, assert, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { paretoFront } from '../../../shared/search/analysis/paretoFront.ts';

const point = (parameters: number, score: number) => ({ parameters, score });

test('keeps what no other beats in both, by ascending parameters, equals too', () => {
  const [cheap, middle, dear, beaten, alike] = [
    point(1, 0.5),
    point(2, 0.4),
    point(4, 0.3),
    point(3, 0.4),
    point(2, 0.4),
  ];
  expect(paretoFront([dear, beaten, middle, cheap, alike])).toEqual([cheap, middle, alike, dear]);
  expect(paretoFront([])).toEqual([]);
});

test('leaves out a point exactly when another has at most its parameters and score, and less of one', () => {
  const points = array(record({ parameters: integer({ min: 0, max: 6 }), score: integer({ min: 0, max: 6 }) }));
  assert(
    property(points, (all) => {
      const front = new Set(paretoFront(all));
      for (const one of all) {
        const isBeaten = all.some(
          (other) =>
            other.parameters <= one.parameters &&
            other.score <= one.score &&
            (other.parameters < one.parameters || other.score < one.score),
        );
        expect(front.has(one)).toBe(!isBeaten);
      }
    }),
  );
});
