import { CLASS_NAMES } from '../../../data/example.ts';
import { confusionMatrix } from '../charts/confusionMatrix.ts';
import { countText, differenceText, rateText } from '../numberText.ts';
import type { ReportSection } from '../reportSection.ts';
import type { StudyReport } from '../studyReport.ts';
import { columns, type Table } from '../table.ts';
import { vectorName } from '../vectorName.ts';

/** Where the best vector errs on validation rows; null where none finished. */
export function mistakesSection({ summary, textOf }: StudyReport): ReportSection | null {
  const { best } = summary;
  if (best === null) return null;
  const { confusion, worst } = best.facts;
  const scoreOf = (score: number) => differenceText(score, 10);
  const rows = worst.map(({ id, score, label, predictedScore, predictedLabel }) => ({
    cells: [
      id,
      ...(textOf ? [textOf(id) ?? ''] : []),
      `${CLASS_NAMES[label] ?? label}`,
      `${CLASS_NAMES[predictedLabel] ?? predictedLabel}`,
      scoreOf(score),
      scoreOf(predictedScore),
    ],
  }));
  return {
    title: 'Where the best vector errs',
    lead: `Training ${best.trial} of the search, ${vectorName(best.ranks, 'the strategy’s choice')}, on validation rows.`,
    blocks: [
      { kind: 'figure', figure: confusionMatrix({ confusion }) },
      {
        kind: 'table',
        title: 'Class by class',
        text: 'Precision: how many of those predicted are right. Recall: how many of the true ones are found.',
        table: classTable(confusion),
      },
      {
        kind: 'table',
        title: 'The rows it misses by most',
        text: textOf
          ? 'These are texts of the data file; darse report with --without-texts writes it without them.'
          : 'By their ids in the data file. Worth a look: a wrong label is often among them.',
        table: {
          columns: columns(
            ['row', ...(textOf ? ['text'] : []), 'true class', 'predicted class'],
            ['true score', 'predicted score'],
          ),
          rows,
        },
        isWide: true,
      },
    ],
  };
}

function classTable(confusion: readonly (readonly number[])[]): Table {
  const rows = confusion.map((row, label) => {
    const right = row[label] ?? 0;
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, other) => sum + (other[label] ?? 0), 0);
    const shares = [share(right, predicted), share(right, support), share(2 * right, predicted + support)];
    return { cells: [CLASS_NAMES[label] ?? String(label), ...shares, countText(support)] };
  });
  return { columns: columns(['class'], ['precision', 'recall', 'F1', 'rows']), rows };
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : rateText(part / whole);
}
