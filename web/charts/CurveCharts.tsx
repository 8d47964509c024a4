import { useMemo } from 'react';
import { scoreText } from '../../shared/export/report/numberText.ts';
import { columns, type Table } from '../../shared/export/report/table.ts';
import { thinned } from '../../shared/history/thinned.ts';
import type { TrialProgress } from '../../shared/history/trialProgress.ts';
import { LineChart } from './LineChart.tsx';

/** Lines of a table that a person may still want to read. */
const MOST_ROWS = 100;

/** The loss of every step. */
export function LossChart({ progress: { losses } }: { readonly progress: TrialProgress }) {
  const data = useMemo(
    () => ({ x: losses.map(({ step }) => step), lines: [losses.map(({ loss }) => loss)] }),
    [losses],
  );
  const last = losses.at(-1);
  const first = losses[0];
  const table: Table = {
    columns: columns([], ['step', 'training loss']),
    rows: thinned(losses, MOST_ROWS).map(({ step, loss }) => ({ cells: [String(step), scoreText(loss)] })),
  };
  return (
    <LineChart
      title="Training loss, step by step"
      summary={
        first && last
          ? `From ${scoreText(first.loss)} at step ${first.step} to ${scoreText(last.loss)} at step ${last.step}. Lower is better.`
          : 'No step is done yet.'
      }
      data={data}
      lines={LOSS_LINE}
      table={table}
    />
  );
}

const LOSS_LINE = [{ name: 'training loss', colour: 'best' }] as const;

interface ValidationProps {
  readonly progress: TrialProgress;
  readonly trivialMse: number;
}

/** The validation error after every epoch beside the one to beat. */
export function ValidationChart({ progress: { epochs, totalSteps }, trivialMse }: ValidationProps) {
  const data = useMemo(() => {
    const x = [0, ...epochs.map(({ lastStep }) => lastStep)];
    if ((x.at(-1) ?? 0) < totalSteps) x.push(totalSteps);
    const errors: (number | null)[] = x.map(
      (step) => epochs.find(({ lastStep }) => lastStep === step)?.validation.mse ?? null,
    );
    return { x, lines: [errors, x.map(() => trivialMse)] };
  }, [epochs, totalSteps, trivialMse]);
  const last = epochs.at(-1);
  const table: Table = {
    columns: columns([], ['epoch', 'validation MSE', 'to beat']),
    rows: epochs.map(({ epoch, validation }) => ({
      cells: [String(epoch), scoreText(validation.mse), scoreText(trivialMse)],
    })),
  };
  return (
    <LineChart
      title="Validation error after every epoch"
      summary={
        last
          ? `${scoreText(last.validation.mse)} after epoch ${last.epoch}; to beat: ${scoreText(trivialMse)}, the dashed line. Lower is better.`
          : `To beat: ${scoreText(trivialMse)}, the dashed line. No epoch is done yet.`
      }
      data={data}
      lines={VALIDATION_LINES}
      table={table}
    />
  );
}

const VALIDATION_LINES = [
  { name: 'validation MSE', colour: 'best', dots: true },
  { name: 'to beat', colour: 'uniform', dash: [6, 4] },
] as const;
