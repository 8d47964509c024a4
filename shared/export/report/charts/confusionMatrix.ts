import * as Plot from '@observablehq/plot';
import { CLASS_NAMES } from '../../../data/example.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { countText, rateText } from '../numberText.ts';
import { columns } from '../table.ts';
import { drawPlot, marginFor } from './drawPlot.ts';
import { heatStep } from './heatStep.ts';

export interface ConfusionData {
  /** `confusion[true class][predicted class]`: how many rows. */
  readonly confusion: readonly (readonly number[])[];
}

/** True classes against predicted ones. */
export function confusionMatrix({ confusion }: ConfusionData): ChartFigure {
  const names = confusion.map((_, label) => CLASS_NAMES[label] ?? `class ${label}`);
  const cells = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => ({
      truth: names[truth] ?? '',
      predicted: names[predicted] ?? '',
      count,
      total,
      isRight: truth === predicted,
      ...heatStep(total === 0 ? 0 : count / total),
    }));
  });
  const all = cells.reduce((sum, { count }) => sum + count, 0);
  const right = cells.reduce((sum, { count, isRight }) => sum + (isRight ? count : 0), 0);
  const wrong = cells.filter(({ isRight, count }) => !isRight && count > 0).toSorted((a, b) => b.count - a.count)[0];
  return {
    id: 'confusion',
    title: 'Which classes the best vector mixes up',
    summary:
      all === 0
        ? 'No rows were judged.'
        : `${rateText(right / all)} of ${countText(all)} validation rows are in their true class. ` +
          (wrong
            ? `The commonest mistake: ${wrong.truth} taken for ${wrong.predicted}, ${countText(wrong.count)} of ${countText(wrong.total)}.`
            : 'None is wrong.'),
    table: {
      columns: columns(
        ['true class'],
        names.map((name) => `predicted ${name}`),
      ),
      rows: confusion.map((row, truth) => ({ cells: [names[truth] ?? '', ...row.map(countText)] })),
    },
    draw:
      all === 0
        ? null
        : (document) =>
            drawPlot(document, {
              height: 74 + 40 * names.length,
              marginLeft: marginFor(names),
              marginTop: 8,
              marginBottom: 62,
              inset: 0,
              x: {
                domain: names,
                label: 'predicted class',
                labelAnchor: 'center',
                tickSize: 0,
                padding: 0,
                tickFormat: (name: string) => name.replace(' ', '\n'),
              },
              y: { domain: names, label: 'true class', tickSize: 0, padding: 0 },
              marks: [
                Plot.cell(cells, {
                  x: 'predicted',
                  y: 'truth',
                  fill: 'fill',
                  inset: 1.5,
                  rx: 4,
                  stroke: ({ isRight }: (typeof cells)[number]) => (isRight ? 'var(--ink)' : 'var(--line)'),
                  title: ({ truth, predicted, count, total }: (typeof cells)[number]) =>
                    `${truth} taken for ${predicted}: ${countText(count)} of ${countText(total)}`,
                }),
                Plot.text(cells, {
                  x: 'predicted',
                  y: 'truth',
                  text: ({ count }: (typeof cells)[number]) => countText(count),
                  fill: 'ink',
                  fontWeight: 600,
                }),
              ],
            }),
  };
}
