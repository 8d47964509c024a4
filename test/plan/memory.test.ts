import { expect, it } from 'vitest';
import { planMemory } from '../../shared/plan/memory.ts';
import { Recorder } from '../../shared/plan/recorder.ts';

it('adds up what is given and finds the most that is alive at one time', () => {
  const recorder = new Recorder();
  const x = recorder.batch('x', ['B*T', 4]);
  const weight = recorder.constant('weight', [10, 4]);
  const bias = recorder.parameter('bias', [10]);
  const wide = recorder.matMul(x, weight, { transposeB: true, addend: bias }); // [B*T, 10]
  const active = recorder.gelu(wide);
  const dropped = recorder.dropout(active, 'mask', { rate: 0.1, rows: 'tokens' });
  recorder.output('y', recorder.matMul(dropped, weight)); // [B*T, 4]
  const plan = recorder.finish();
  const sizes = new Map([
    ['B', 2],
    ['T', 3],
  ]);
  // B*T = 6 rows, 4 bytes a number.
  expect(planMemory(plan, sizes)).toEqual({
    constantBytes: 40 * 4,
    givenBytes: (24 + 10 + 60) * 4, // x, bias, mask
    peakActivationBytes: (60 + 60) * 4, // two of wide, active and dropped at a time
  });
  expect(planMemory(plan, new Map([...sizes, ['B', 20]])).peakActivationBytes).toBe(10 * (60 + 60) * 4);
});

it('counts an output until the end', () => {
  const recorder = new Recorder();
  const a = recorder.tanh(recorder.batch('x', ['B', 8]));
  recorder.output('a', a);
  const b = recorder.tanh(a);
  recorder.output('b', recorder.tanh(b));
  // a, b and tanh(b) are alive together: 3 · 8 numbers for one row.
  expect(planMemory(recorder.finish(), new Map([['B', 1]])).peakActivationBytes).toBe(3 * 8 * 4);
});
