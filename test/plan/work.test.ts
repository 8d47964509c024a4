import { expect, test } from 'vitest';
import { Recorder } from '../../shared/plan/recorder.ts';
import { planWork, valueAt } from '../../shared/plan/work.ts';

test('counts multiply-adds, numbers moved and dropout decisions as polynomials of the sizes', () => {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 4]);
  const a = recorder.parameter('a', ['rank:m', 4]);
  const down = recorder.matMul(x, a, { transposeB: true }); // [B*T, rank]: 4·B·T·rank multiply-adds
  const dropped = recorder.dropout(down, 'mask', { rate: 0.1, rows: 'tokens' });
  recorder.output('y', recorder.matMul(dropped, a)); // [B*T, 4]: 4·B·T·rank
  recorder.output('g', recorder.matMul(dropped, x, { transposeA: true })); // [rank, 4]: 4·B·T·rank
  const work = planWork(recorder.finish());
  expect(work.operations).toBe(4);
  expect([...work.multiplyAdds]).toEqual([['B*T*rank:m', 12]]);
  expect([...work.drawn]).toEqual([['B*T*rank:m', 1]]);
  // Products: x + a + down, dropped + a + y, dropped + x + g; dropout: down + mask + dropped.
  // [B*T, 4] thrice, [B*T, rank] six times, [rank, 4] thrice.
  const sizes = new Map([
    ['B', 2],
    ['T', 3],
    ['rank:m', 5],
  ]);
  expect(valueAt(work.elements, sizes)).toBe(3 * 24 + 6 * 30 + 3 * 20);
  expect(valueAt(work.multiplyAdds, sizes)).toBe(12 * 6 * 5);
});
