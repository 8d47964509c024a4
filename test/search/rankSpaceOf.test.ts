import { expect, test } from 'vitest';
import { expandRanks, loraParameterCount } from '../../shared/lora/rankMap.ts';
import { budgetParameters, parseBudget } from '../../shared/search/parseBudget.ts';
import { parseRankList } from '../../shared/search/parseRankList.ts';
import { isAffordable, rankCost } from '../../shared/search/rankSpace.ts';
import { rankSpaceOf } from '../../shared/search/rankSpaceOf.ts';

const ROBERTA_LARGE = { layerCount: 24, hiddenSize: 1024, intermediateSize: 4096 };
const PAPER = { groups: 3, targets: ['query', 'value'], allowed: [128, 256, 384, 512] } as const;

test('makes three groups of eight layers that cost what the paper says', () => {
  const { groups } = rankSpaceOf(ROBERTA_LARGE, { ...PAPER, budget: null });
  expect(groups.map(({ name }) => name)).toEqual(['layers 1–8', 'layers 9–16', 'layers 17–24']);
  expect(groups.map(({ unitCost }) => unitCost)).toEqual([32_768, 32_768, 32_768]); // spec.md eq. 3
  expect(groups[1]?.modules.slice(0, 3)).toEqual([
    'encoder.layer.8.attention.self.query',
    'encoder.layer.8.attention.self.value',
    'encoder.layer.9.attention.self.query',
  ]);
});

test('makes one group per layer, and one per kind of matrix where they are separate', () => {
  const options = { groups: 'layers', targets: ['query', 'output'], allowed: [0, 8], budget: null } as const;
  const layers = rankSpaceOf(ROBERTA_LARGE, options).groups;
  expect([layers.length, layers[23]?.name, layers[23]?.unitCost]).toEqual([24, 'layer 24', 2048 + 5120]);
  const separate = rankSpaceOf(ROBERTA_LARGE, { ...options, groups: 2, separateTargets: true }).groups;
  expect(separate.map(({ name, unitCost }) => [name, unitCost])).toEqual([
    ['layers 1–12 query', 12 * 2048],
    ['layers 1–12 output', 12 * 5120],
    ['layers 13–24 query', 12 * 2048],
    ['layers 13–24 output', 12 * 5120],
  ]);
});

test('costs what the same ranks cost layer by layer', () => {
  const space = rankSpaceOf(ROBERTA_LARGE, { ...PAPER, targets: ['key', 'intermediate'], budget: null });
  const layers = [384, 512, 256].flatMap((rank) => Array.from({ length: 8 }, () => rank));
  expect(rankCost(space, [384, 512, 256])).toBe(
    loraParameterCount(expandRanks(layers, ['key', 'intermediate']), ROBERTA_LARGE),
  );
});

test('affords exactly the vectors that cost no more than the uniform rank of the budget', () => {
  const space = rankSpaceOf(ROBERTA_LARGE, { ...PAPER, budget: parseBudget('384r') });
  expect(space.budget).toBe(37_748_736); // 384 · 98,304
  expect([isAffordable(space, [384, 512, 256]), isAffordable(space, [512, 512, 256])]).toEqual([true, false]);
});

test('reads a budget in parameters or in uniform ranks', () => {
  const groups = [10, 30].map((unitCost) => ({ name: '', modules: [], unitCost }));
  expect(budgetParameters(parseBudget('1000000'), groups)).toBe(1_000_000);
  expect(budgetParameters(parseBudget('1e6'), groups)).toBe(1_000_000);
  expect(budgetParameters(parseBudget('16r'), groups)).toBe(640);
  expect(budgetParameters(parseBudget('2.5r'), groups)).toBe(100);
  expect(budgetParameters(null, groups)).toBe(Number.POSITIVE_INFINITY);
});

test.each(['', '0', '0r', '-5', '16R', 'r', '1,000', '1e999', 'NaN'])('refuses the budget "%s"', (text) => {
  expect(() => parseBudget(text)).toThrow(
    `--budget must be parameters (1000000) or a uniform rank (384r), got "${text}"`,
  );
});

test('reads ranks one by one and by ranges', () => {
  expect(parseRankList('--allowed', '0, 4,8')).toEqual([0, 4, 8]);
  expect(parseRankList('--allowed', '2-5,8-64/16')).toEqual([2, 3, 4, 5, 8, 24, 40, 56]);
  expect(() => parseRankList('--allowed', '4,x,9-3,8-64/0,1-999999')).toThrow(
    /got "4,x,9-3,8-64\/0,1-999999":\n.*"x" is neither.*\n.*"9-3" is neither.*\n.*"8-64\/0".*\n.*"1-999999"/,
  );
});

test.each([
  [{ ...PAPER, groups: 5 }, ['24 layers cannot be cut into 5 equal groups: use 1, 2, 3, 4, 6, 8, 12, 24']],
  [
    { ...PAPER, targets: [], groups: 0 },
    ['there is no kind of matrix to adapt', '24 layers cannot be cut into 0 equal groups'],
  ],
  [{ ...PAPER, allowed: [] }, ['there is no allowed rank']],
  [
    { ...PAPER, allowed: [8, 4, 2.5, 2000] },
    [
      'allowed ranks must be whole numbers of at least 0, got 2.5',
      'allowed ranks must ascend, each named once, got 8, 4, 2.5, 2000',
      'allowed ranks must be at most 1024, the smaller side of a matrix; got 2000',
    ],
  ],
  [{ ...PAPER, allowed: [8, 8] }, ['allowed ranks must ascend, each named once, got 8, 8']],
  [
    { ...PAPER, budget: parseBudget('64r') },
    ['the least ranks, 128@128@128, cost 12582912 parameters, the budget is 6291456: allow smaller ranks or raise'],
  ],
])('refuses an impossible space with all its problems at once (%#)', (options, problems) => {
  let message = '';
  try {
    rankSpaceOf(ROBERTA_LARGE, { budget: null, ...options });
  } catch (error) {
    message = String(error);
  }
  const lines = message.split('\n  - ');
  expect(lines).toHaveLength(1 + problems.length);
  for (const [i, problem] of problems.entries()) expect(lines[i + 1]).toContain(problem);
});
