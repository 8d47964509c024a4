import { counted, durationText, scoreText } from '../../shared/export/report/numberText.ts';
import { LossChart, ValidationChart } from '../charts/CurveCharts.tsx';
import { EpochTable, MetricCells } from './EpochTable.tsx';
import { RunFacts } from './RunFacts.tsx';
import { ScrollRegion } from '../charts/ScrollRegion.tsx';
import { TryIt } from './TryIt.tsx';
import type { StageOf } from '../session/sessionState.ts';
import type { TrainingSession } from '../session/trainingSession.ts';

interface Props {
  readonly stage: StageOf<'finished'>;
  readonly session: TrainingSession;
}

/** A finished training: how good it is on texts it never saw, and a place to try it. */
export function ResultView({ stage: { result, opened, progress }, session }: Props) {
  const { header } = opened;
  const { test, trivial, seconds } = result;
  return (
    <>
      <section className="card">
        <h1>Trained on {header.dataName}</h1>
        <p>
          {test && trivial.test
            ? `On ${counted(test.exampleCount, 'test text')} that it never saw, its mean squared error is ${scoreText(test.metrics.mse)}; always saying the mean score has ${scoreText(trivial.test.mse)}.`
            : `Its validation error is ${scoreText(result.score)}; always saying the mean score has ${scoreText(trivial.validation.mse)}.`}{' '}
          <span className="quiet">It took {durationText(seconds.total)}.</span>
        </p>
        <ScrollRegion label="Results">
          <table>
            <thead>
              <tr>
                <th scope="col">on</th>
                <th scope="col">MSE</th>
                <th scope="col">R²</th>
                <th scope="col">accuracy</th>
                <th scope="col">F1</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">validation texts</th>
                <MetricCells metrics={result.validation[header.settings.objective].metrics} />
              </tr>
              {test && (
                <tr>
                  <th scope="row">test texts</th>
                  <MetricCells metrics={test.metrics} />
                </tr>
              )}
              {trivial.test && (
                <tr>
                  <th scope="row">test texts, the mean score</th>
                  <MetricCells metrics={trivial.test} />
                </tr>
              )}
            </tbody>
          </table>
        </ScrollRegion>
        <p className="buttons">
          <button type="button" onClick={session.leave}>
            Start anew
          </button>
        </p>
      </section>
      <TryIt session={session} />
      <div className="grid">
        <LossChart progress={progress} />
        <ValidationChart progress={progress} trivialMse={header.trivial.validation.mse} />
      </div>
      <EpochTable epochs={progress.epochs} trivial={header.trivial.validation} />
      <RunFacts opened={opened} progress={progress} />
    </>
  );
}
