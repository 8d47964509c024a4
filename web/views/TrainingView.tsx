import { useRef } from 'react';
import { scoreText } from '../../shared/export/report/numberText.ts';
import { LossChart, ValidationChart } from '../charts/CurveCharts.tsx';
import { EpochTable } from './EpochTable.tsx';
import { RunFacts } from './RunFacts.tsx';
import { statusText } from './statusText.ts';
import type { StageOf } from '../session/sessionState.ts';
import type { TrainingSession } from '../session/trainingSession.ts';

interface Props {
  readonly stage: StageOf<'training' | 'stopped'>;
  readonly session: TrainingSession;
}

/** A training while it runs, or stopped with what it has. */
export function TrainingView({ stage, session }: Props) {
  const { progress, opened, problems } = stage;
  const { trivial } = opened.header;
  return (
    <>
      <section className="card">
        <h1>
          {stage.kind === 'stopped' ? 'Stopped' : 'Training'} on {opened.header.dataName}
        </h1>
        <p id="status" className="status">
          {statusText(stage)}
        </p>
        <progress aria-labelledby="status" value={progress.step} max={Math.max(1, progress.totalSteps)} />
        <Controls stage={stage} session={session} />
        {progress.message && <p className="warning">{progress.message}</p>}
        {problems.map((problem) => (
          <p key={problem} className="warning">
            {problem}
          </p>
        ))}
        <p className="quiet">
          To beat: {scoreText(trivial.validation.mse)}, the validation error of always saying the mean score.
          {progress.best &&
            ` Best so far: ${scoreText(progress.best.validation.mse)}, after epoch ${progress.best.epoch}.`}
        </p>
      </section>
      <div className="grid">
        <LossChart progress={progress} />
        <ValidationChart progress={progress} trivialMse={trivial.validation.mse} />
      </div>
      <EpochTable epochs={progress.epochs} trivial={trivial.validation} />
      <RunFacts opened={opened} progress={progress} />
    </>
  );
}

function Controls({ stage, session }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  if (stage.kind === 'stopped') {
    return (
      <p className="buttons">
        <button type="button" className="main" onClick={session.goOn}>
          Go on
        </button>
        <button type="button" onClick={session.leave}>
          Back to the start
        </button>
      </p>
    );
  }
  const { asked } = stage;
  const isLeaving = asked === 'stop' || asked === 'cancel';
  return (
    <>
      <p className="buttons">
        {asked === 'paused' ? (
          <button type="button" className="main" onClick={session.resume}>
            Resume
          </button>
        ) : (
          <button type="button" disabled={asked !== 'nothing'} onClick={session.pause}>
            Pause
          </button>
        )}
        <button type="button" disabled={isLeaving} onClick={session.stop}>
          Stop and keep
        </button>
        <button type="button" disabled={isLeaving} onClick={() => dialog.current?.showModal()}>
          Cancel…
        </button>
      </p>
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <h2 id="cancel-title">Discard this training?</h2>
        <p>What it has learned so far is lost. “Stop and keep” would save it.</p>
        <form method="dialog" className="buttons">
          <button type="submit" className="main">
            Go on training
          </button>
          <button type="submit" onClick={session.cancel}>
            Discard
          </button>
        </form>
      </dialog>
    </>
  );
}
