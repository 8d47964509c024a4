import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classBalance } from '../../shared/data/classBalance.ts';
import type { Example } from '../../shared/data/example.ts';
import { canonicalText, nearEqualGroups } from '../../shared/data/nearEqualGroups.ts';
import { splitExamples } from '../../shared/data/splitExamples.ts';
import { partsOf, type Split } from '../../shared/data/split.ts';
import { DarseError } from '../../shared/study/darseError.ts';

const SHARES = { train: 0.8, validation: 0.1, test: 0.1 };
const PARTS = ['train', 'validation', 'test'] as const;

function example(id: number, text: string, label: number): Example {
  return { id: `${id}`, text, score: (label - 2) / 2, label };
}

/** Texts of which many are equal or near-equal: a number of a few, with decoration. */
const examplesWithRepeats = fc
  .array(
    fc.record({
      subject: fc.integer({ min: 0, max: 60 }),
      decoration: fc.constantFrom('', '!', ' again', ' https://t.co/x'),
      label: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 40, maxLength: 160 },
  )
  .map((rows) => rows.map(({ subject, decoration, label }, id) => example(id, longText(subject) + decoration, label)));

/** A text that shares next to nothing with those of other numbers. */
function longText(subject: number): string {
  return Array.from({ length: 8 }, (_, i) => ((subject + 1) * 48_271 ** ((i % 3) + 1) * (i + 3)) % 2_147_483_647).join(
    ' ',
  );
}

const seeds = fc.oneof(fc.constant(0), fc.integer());

/** Splits, and passes over the rare draw whose groups leave a part empty. */
function split(examples: readonly Example[], seed: number): Split {
  try {
    return splitExamples(examples, { seed, ...SHARES });
  } catch (error) {
    fc.pre(!(error instanceof DarseError && error.code === 'input'));
    throw error;
  }
}

function groupsOf(examples: readonly Example[]): Uint32Array {
  return nearEqualGroups(examples.map(({ text }) => canonicalText(text)));
}

describe('every split', () => {
  test('has each example once, and groups of near-equal texts whole', () => {
    fc.assert(
      fc.property(examplesWithRepeats, seeds, (examples, seed) => {
        const parts = split(examples, seed);
        const partOfId = new Map(PARTS.flatMap((part) => parts[part].map((id) => [id, part] as const)));
        const ids = PARTS.flatMap((part) => parts[part]);
        expect(ids).toHaveLength(examples.length);
        expect(new Set(ids)).toEqual(new Set(examples.map(({ id }) => id)));
        const partOfGroup = new Map<number, string | undefined>();
        for (const [index, group] of groupsOf(examples).entries()) {
          const part = partOfId.get(examples[index]?.id ?? '');
          expect(partOfGroup.get(group) ?? part).toBe(part);
          partOfGroup.set(group, part);
        }
      }),
    );
  });

  test('keeps its shares up to the size of the largest group', () => {
    fc.assert(
      fc.property(examplesWithRepeats, seeds, (examples, seed) => {
        const parts = split(examples, seed);
        const sizes = new Map<number, number>();
        for (const group of groupsOf(examples)) sizes.set(group, (sizes.get(group) ?? 0) + 1);
        const largest = Math.max(...sizes.values());
        for (const part of PARTS) {
          const surplus = parts[part].length - SHARES[part] * examples.length;
          expect(surplus).toBeLessThanOrEqual((2 / 3) * largest);
          expect(surplus).toBeGreaterThanOrEqual((-4 / 3) * largest);
        }
      }),
    );
  });

  test('is the same at one seed, whatever the order of the rows', () => {
    const shuffled = examplesWithRepeats.chain((examples) =>
      fc.tuple(fc.constant(examples), fc.shuffledSubarray(examples, { minLength: examples.length })),
    );
    fc.assert(
      fc.property(shuffled, seeds, ([examples, reordered], seed) => {
        expect(split(reordered, seed)).toEqual(split(examples, seed));
      }),
    );
  });

  test('without repeats has each class in its share, within two examples', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(labels, seeds, (drawn, seed) => {
        const examples = drawn.map((label, id) => example(id, longText(id), label));
        const parts = partsOf(examples, split(examples, seed));
        const { counts } = classBalance(examples);
        for (const part of PARTS) {
          for (const [label, count] of classBalance(parts[part]).counts.entries()) {
            // Both ends of a class's stretch of the row are off by -4/3 … 2/3 of an example.
            expect(Math.abs(count - SHARES[part] * (counts[label] ?? 0))).toBeLessThanOrEqual(2);
          }
        }
      }),
    );
  });
});

const distinct = Array.from({ length: 200 }, (_, id) => example(id, longText(id), id % 5));

test('splits 200 examples of five classes 160/20/20 with every class alike', () => {
  const parts = partsOf(distinct, splitExamples(distinct, { seed: 0 }));
  expect(PARTS.map((part) => parts[part].length)).toEqual([160, 20, 20]);
  expect(classBalance(parts.train).counts).toEqual([32, 32, 32, 32, 32]);
});

test('draws other parts at another seed, and does not keep the classes in order', () => {
  const at = (seed: number) => splitExamples(distinct, { seed });
  expect(at(1)).not.toEqual(at(0));
  const labels = partsOf(distinct, at(0)).train.map(({ label }) => label);
  expect(labels).not.toEqual(labels.toSorted((a, b) => a - b));
});

test('spreads repeated texts over the parts as it does single ones', () => {
  const pairs = distinct.flatMap((one, id) => [one, { ...one, id: `again ${id}` }]);
  const { train, validation, test: tested } = splitExamples(pairs, { seed: 0 });
  expect([train.length, validation.length, tested.length]).toEqual([320, 40, 40]);
});

test('evens out a large group with the single texts of its class', () => {
  const examples = distinct.map((one, id) => ({ ...one, label: 3, text: id < 30 ? 'always the same' : one.text }));
  const { train, validation, test: tested } = splitExamples(examples, { seed: 0 });
  expect([train.length, validation.length, tested.length]).toEqual([160, 20, 20]);
});

test('takes a group of any size', () => {
  const equal = Array.from({ length: 300_000 }, (_, id) => example(id, 'always the same', 2));
  const { train } = splitExamples([...equal, ...distinct], { seed: 0 });
  // The 80 examples of classes 0 and 1 come before it in the row and leave 64 in training; the others go elsewhere.
  expect(train).toHaveLength(equal.length + 64);
});

test('leaves out a part whose share is 0, and takes shares relative to their sum', () => {
  const { train, validation, test: tested } = splitExamples(distinct, { seed: 0, train: 9, validation: 1, test: 0 });
  expect([train.length, validation.length, tested.length]).toEqual([180, 20, 0]);
});

test('refuses data that leave a wished part empty', () => {
  const equal = distinct.slice(0, 30).map(({ id }) => example(Number(id), 'always the same', 2));
  expect(() => splitExamples(equal, { seed: 0 })).toThrow(
    expect.objectContaining({
      code: 'input',
      message: '30 examples leave nothing for the validation part: give more examples or a larger share',
    }),
  );
});

test.each([{ train: 0 }, { test: -0.1 }, { validation: Number.NaN }])('refuses the shares %o', (shares) => {
  expect(() => splitExamples(distinct, { seed: 0, ...shares })).toThrow(expect.objectContaining({ code: 'usage' }));
});
