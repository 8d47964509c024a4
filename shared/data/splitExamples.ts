import { DarseError } from '../study/darseError.ts';
import { randomKey } from '../study/random.ts';
import { classBalance } from './classBalance.ts';
import type { Example } from './example.ts';
import { canonicalText, nearEqualGroups } from './nearEqualGroups.ts';
import type { Split } from './split.ts';

export interface SplitOptions {
  readonly seed: number;
  /** The wished shares, taken relative to their sum; a part may be 0, training may not. */
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

/** How `splitExamples` splits, for the file that keeps its result. */
export const SPLIT_METHOD =
  'darse 1: groups of equal and near-equal texts stay together, stratified by class, drawn by seed and text';

/**
 * Splits by id into parts of the wished shares. A group of near-equal texts (`nearEqualGroups`) stays in one part.
 *
 * Groups stand in one row: by class (the most frequent in a group), larger ones first, then in an order drawn from the
 * seed and the text. Each goes to the part that is furthest behind its share of the rows so far,
 * max over parts of share · rows - size. So parts keep their shares along the whole row, hence in every class, with
 * -4/3 g ≤ size - share · rows ≤ 2/3 g where g is the size of the largest group so far.
 *
 * The result depends on the seed and the set of (id, text, label), not on their order. Throws `usage` for shares that are
 * none, `input` when a wished part would get nothing.
 */
export function splitExamples(examples: readonly Example[], options: SplitOptions): Split {
  const { seed, train = 0.8, validation = 0.1, test = 0.1 } = options;
  const wished = [train, validation, test];
  const total = train + validation + test;
  if (!wished.every((share) => share >= 0 && Number.isFinite(share)) || train === 0) {
    throw new DarseError(
      'usage',
      `shares of a split must be at least 0, of training above 0, got ${wished.join(', ')}`,
    );
  }
  const parts = wished.map((share): Part => ({ share: share / total, members: [] }));
  let placed = 0;
  for (const { members } of orderedGroups(examples, seed)) {
    placed += members.length;
    const lag = (part: Part) => part.share * placed - part.members.length;
    const furthest = parts.reduce((worst, part) => (lag(part) > lag(worst) ? part : worst));
    for (const member of members) furthest.members.push(member);
  }
  const [trainIds = [], validationIds = [], testIds = []] = parts.map(({ members, share }, index) => {
    if (share > 0 && members.length === 0) {
      const name = ['training', 'validation', 'test'][index];
      throw new DarseError(
        'input',
        `${examples.length} examples leave nothing for the ${name} part: give more examples or a larger share`,
      );
    }
    return members.sort(byDraw).map(({ id }) => id);
  });
  return { train: trainIds, validation: validationIds, test: testIds };
}

interface Part {
  readonly share: number;
  readonly members: Member[];
}

interface Member {
  readonly id: string;
  readonly label: number;
  /** In canonical form. */
  readonly text: string;
  /** The text's place in the drawn order. */
  readonly draw: number;
}

interface Group {
  /** In drawn order. */
  readonly members: readonly Member[];
  readonly label: number;
}

/** The groups of near-equal texts in the row described at `splitExamples`. */
function orderedGroups(examples: readonly Example[], seed: number): Group[] {
  const members = examples.map(({ id, label, text }): Member => {
    const canonical = canonicalText(text);
    return { id, label, text: canonical, draw: randomKey(seed, `split ${canonical}`) >>> 0 };
  });
  const groupOf = nearEqualGroups(members.map(({ text }) => text));
  const membersOf: Member[][] = [];
  for (const [index, member] of members.entries()) (membersOf[groupOf[index] ?? 0] ??= []).push(member);
  return membersOf
    .map((group): Group => ({ members: group.sort(byDraw), label: commonLabel(group) }))
    .sort((a, b) => a.label - b.label || b.members.length - a.members.length || byFirst(a.members, b.members));
}

function byDraw(a: Member, b: Member): number {
  return a.draw - b.draw || compare(a.text, b.text) || compare(a.id, b.id);
}

function byFirst([a]: readonly Member[], [b]: readonly Member[]): number {
  return a && b ? byDraw(a, b) : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The most frequent label, the lowest of equally frequent ones. */
function commonLabel(members: readonly Member[]): number {
  const { counts } = classBalance(members);
  return counts.indexOf(Math.max(...counts));
}
