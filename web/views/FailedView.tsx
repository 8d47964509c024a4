import { LossChart } from '../charts/CurveCharts.tsx';
import type { SessionState, TrainingSession } from '../session/trainingSession.ts';

interface Props {
  readonly state: Extract<SessionState, { stage: 'failed' }>;
  readonly session: TrainingSession;
}

/** Something went wrong: what, and what to do next. */
export function FailedView({ state: { message, running }, session }: Props) {
  return (
    <>
      <section className="card" role="alert">
        <h1>This did not work</h1>
        <p className="message">{message}</p>
        <p className="buttons">
          <button type="button" className="main" onClick={session.discard}>
            Back to the start
          </button>
        </p>
      </section>
      {running && <LossChart progress={running.progress} />}
    </>
  );
}
