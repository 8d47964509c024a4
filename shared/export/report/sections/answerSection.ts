import { noiseFloor } from '../../../search/analysis/noiseFloor.ts';
import { confirmationIntervals } from '../charts/confirmationIntervals.ts';
import { rankHeatMap } from '../charts/rankHeatMap.ts';
import { counted, percentText, scoreText } from '../numberText.ts';
import type { ReportBlock, ReportSection } from '../reportSection.ts';
import type { StudyReport } from '../studyReport.ts';
import { trialName } from '../vectorName.ts';
import { confirmationTable } from './confirmationTable.ts';

/** The best vector, and what fresh seeds and rows say of it. */
export function answerSection({ journal, summary }: StudyReport): ReportSection {
  const { best } = summary;
  const { confirmation, space, header } = journal;
  const blocks: ReportBlock[] = [];
  if (best) blocks.push({ kind: 'figure', figure: rankHeatMap({ space, ranks: best.ranks }) });
  const intervals = confirmationIntervals(summary);
  if (intervals) blocks.push({ kind: 'figure', figure: intervals });
  if (confirmation && confirmation.plan.seeds.length > 0) blocks.push(confirmationTable(confirmation, summary));
  const floor = noiseFloor(summary.verdict.arms);
  if (floor && summary.verdict.runDeviation !== null) {
    const { runDeviation, meaninglessDifference, degreesOfFreedom } = floor;
    const inMse = best
      ? `, ${scoreText(meaninglessDifference * best.score)} MSE at the best vector’s ${scoreText(best.score)}`
      : '';
    blocks.push({
      kind: 'text',
      title: 'The noise floor',
      text:
        `What a seed does to all vectors alike taken away, a single run scatters by ${percentText(runDeviation)} of the MSE (SD, ${counted(degreesOfFreedom, 'degree')} of freedom). ` +
        `So two single runs at one seed that differ by less than ${percentText(meaninglessDifference)}${inMse} need not differ at all: chance alone stays below that in 95 % of cases.`,
    });
  }
  return {
    title: 'The answer',
    lead: leadOf(best ? trialName(best) : null, header.rows.test, confirmation !== null),
    blocks,
  };
}

function leadOf(best: string | null, testRows: number, isPlanned: boolean): string {
  if (best === null) return 'No training has finished, so there is no best vector.';
  if (testRows === 0) return `${best} is the strategy’s choice. The data have no test part, so nothing can confirm it.`;
  if (!isPlanned) return `${best} is the strategy’s choice so far. It was not compared on fresh seeds and test rows.`;
  return `${best} is the strategy’s choice. The vectors below were trained again on seeds that the search did not use and judged on test rows that chose nothing.`;
}
