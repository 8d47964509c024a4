import { LossChart } from '../charts/CurveCharts.tsx';
import type { StageOf } from '../session/sessionState.ts';
import type { TrainingSession } from '../session/trainingSession.ts';

interface Props {
  readonly stage: StageOf<'failed'>;
  readonly session: TrainingSession;
}

/** Something went wrong: what, and what to do next. */
export function FailedView({ stage: { message, running }, session }: Props) {
  return (
    <>
      <section className="card" role="alert">
        <h1>This did not work</h1>
        <p className="message">{message}</p>
        <p className="buttons">
          {running && (
            <button type="button" className="main" onClick={session.goOn}>
              Go on from the last checkpoint
            </button>
          )}
          <button type="button" onClick={session.leave}>
            Back to the start
          </button>
        </p>
      </section>
      {running && <LossChart progress={running.progress} />}
    </>
  );
}
