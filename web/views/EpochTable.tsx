import { rateText, scoreText } from '../../shared/export/report/numberText.ts';
import type { TrialProgress } from '../../shared/history/trialProgress.ts';
import type { Metrics } from '../../shared/metrics/evaluationReport.ts';
import { ScrollRegion } from '../charts/ScrollRegion.tsx';

interface Props {
  readonly epochs: TrialProgress['epochs'];
  /** On the same rows. */
  readonly trivial: Metrics;
}

/** Every epoch's numbers below those of the trivial predictor. */
export function EpochTable({ epochs, trivial }: Props) {
  return (
    <section className="card">
      <h2>Epochs</h2>
      <ScrollRegion label="Epochs">
        <table>
          <thead>
            <tr>
              <th scope="col">after</th>
              <th scope="col">training loss</th>
              <th scope="col">validation MSE</th>
              <th scope="col">R²</th>
              <th scope="col">accuracy</th>
              <th scope="col">F1</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">to beat: the mean score</th>
              <td>–</td>
              <MetricCells metrics={trivial} />
            </tr>
            {epochs.map(({ epoch, losses, validation }) => (
              <tr key={epoch}>
                <th scope="row">epoch {epoch}</th>
                <td>{scoreText(losses.total)}</td>
                <MetricCells metrics={validation} />
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

/** The cells that all tables of evaluations have in common. */
export function MetricCells({ metrics: { mse, r2, accuracy, f1 } }: { readonly metrics: Metrics }) {
  return (
    <>
      <td>{scoreText(mse)}</td>
      <td>{r2 === null ? '–' : scoreText(r2)}</td>
      <td>{rateText(accuracy)}</td>
      <td>{rateText(f1)}</td>
    </>
  );
}
