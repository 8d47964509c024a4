import { scoreText } from '../../shared/export/report/numberText.ts';
import type { TrialProgress } from '../../shared/history/trialProgress.ts';
import type { TrainingSession } from '../session/trainingSession.ts';
import type { RunSummary } from '../storage/runStore.ts';
import type { StorageUse } from '../storage/storageUse.ts';
import { bytesText } from './bytesText.ts';

interface Props {
  readonly stored: readonly RunSummary[];
  readonly use: StorageUse | null;
  readonly session: TrainingSession;
}

/** The trainings that the browser keeps: go on, look, delete. */
export function StoragePanel({ stored, use, session }: Props) {
  if (stored.length === 0) return null;
  return (
    <section className="card">
      <h2>Your trainings</h2>
      <ul className="runs">
        {stored.map((summary) => (
          <li key={summary.run.id}>
            <p>
              <strong>{summary.run.opened.header.dataName}</strong>, ranks {summary.run.opened.header.settings.ranks},
              begun {new Date(summary.run.begunAt).toLocaleString('en')}
              <br />
              <span className="quiet">
                {stateText(summary.progress)} {bytesText(summary.bytes)}.
              </span>
            </p>
            <p className="buttons">
              <button type="button" className="main" onClick={() => session.openStored(summary)}>
                {summary.progress.state === 'finished' ? 'Show' : 'Resume'}
              </button>
              <button type="button" onClick={() => session.deleteStored(summary)}>
                Delete
              </button>
            </p>
            {summary.problems.map((problem) => (
              <p key={problem} className="warning">
                Its history is damaged: {problem}
              </p>
            ))}
          </li>
        ))}
      </ul>
      {use && (
        <p className="quiet">
          Kept in this browser: {bytesText(use.usedBytes)} of at most {bytesText(use.quotaBytes)}.{' '}
          {use.isPersistent
            ? 'The browser has promised not to clear it by itself.'
            : 'The browser may clear it when the disk fills up, or after weeks without a visit.'}
        </p>
      )}
    </section>
  );
}

function stateText({ state, step, totalSteps, best }: TrialProgress): string {
  const error = best ? ` Best validation error ${scoreText(best.validation.mse)}.` : '';
  if (state === 'finished') return `Finished.${error}`;
  return `Step ${step} of ${totalSteps}.${error}`;
}
