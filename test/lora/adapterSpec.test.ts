import { describe, expect, it } from 'vitest';
import { adapterSpec, scaleInputs } from '../../shared/lora/adapterSpec.ts';

const RANKS = new Map([
  ['a', 4],
  ['b', 0],
  ['c', 16],
]);

describe('an adapter’s specification', () => {
  it('leaves modules of rank 0 out', () => {
    const { ranks, scales } = adapterSpec(RANKS, { kind: 'rank' });
    expect([...ranks]).toEqual([
      ['a', 4],
      ['c', 16],
    ]);
    expect([...scales.keys()]).toEqual(['a', 'c']);
  });

  it.each([
    [{ kind: 'rank' } as const, [1, 1]],
    [{ kind: 'fixed', alpha: 8 } as const, [2, 0.5]],
    // 8 / √4 and 8 / √16
    [{ kind: 'rsLora', alpha: 8 } as const, [4, 2]],
  ])('scales by %j', (rule, scales) => {
    const spec = adapterSpec(RANKS, rule);
    expect([...spec.scales.values()]).toEqual(scales);
    expect([...scaleInputs(spec)]).toEqual([
      ['a.scale', Float32Array.of(scales[0] ?? 0)],
      ['c.scale', Float32Array.of(scales[1] ?? 0)],
    ]);
  });
});
