import type { ClassBalance } from './classBalance.ts';
import { CLASS_NAMES } from './example.ts';
import type { LengthHistogram } from './lengthHistogram.ts';

/** The width of the longest bar, in characters. */
const BAR_CHARACTERS = 30;

/** One line for each class: name, bar, count and share. */
export function describeClassBalance({ total, counts }: ClassBalance): string[] {
  return bars(
    CLASS_NAMES.map((name, label) => ({ name, count: counts[label] ?? 0 })),
    total,
  );
}

/** One line for each bin of lengths from the first that has texts, then the quantiles and how many texts are cut. */
export function describeLengths(histogram: LengthHistogram): string[] {
  const { total, bins, median, p90, p99, max, maxTokens, cut } = histogram;
  const first = bins.findIndex(({ count }) => count > 0);
  const rows = bins
    .slice(Math.max(0, first))
    .map(({ from, to, count }) => ({ name: from === to ? `${from}` : `${from}–${to}`, count }));
  return [
    ...bars(rows, total),
    `median ${median}, 90 % ≤ ${p90}, 99 % ≤ ${p99}, longest ${max}`,
    `cut at ${maxTokens} tokens: ${cut} of ${total} texts (${percent(cut, total)})`,
  ];
}

function bars(rows: readonly { readonly name: string; readonly count: number }[], total: number): string[] {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length));
  const countWidth = `${most}`.length;
  return rows.map(({ name, count }) => {
    const bar = '█'.repeat(Math.ceil((count / most) * BAR_CHARACTERS)).padEnd(BAR_CHARACTERS);
    return `${name.padEnd(nameWidth)}  ${bar}  ${`${count}`.padStart(countWidth)}  ${percent(count, total).padStart(7)}`;
  });
}

function percent(count: number, total: number): string {
  return `${(total === 0 ? 0 : (100 * count) / total).toFixed(1)} %`;
}
