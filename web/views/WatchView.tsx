import { LossChart, ValidationChart } from '../charts/CurveCharts.tsx';
import type { RunSummary } from '../storage/runStore.ts';
import { EpochTable } from './EpochTable.tsx';
import { RunFacts } from './RunFacts.tsx';

/** What another tab trains, for looking on. */
export function WatchView({ stored: [newest] }: { readonly stored: readonly RunSummary[] }) {
  const header = newest?.run.opened.header;
  return (
    <>
      <section className="card">
        <h1>{header ? `Another tab trains on ${header.dataName}` : 'DARSE is open in another tab'}</h1>
        {newest && (
          <>
            <p id="status" className="status">
              Step {newest.progress.step} of {newest.progress.totalSteps}, {newest.progress.percent} %.
            </p>
            <progress
              aria-labelledby="status"
              value={newest.progress.step}
              max={Math.max(1, newest.progress.totalSteps)}
            />
          </>
        )}
        <p className="quiet">This tab only looks on. Close the other one, and this one takes over.</p>
      </section>
      {newest && header && (
        <>
          <div className="grid">
            <LossChart progress={newest.progress} />
            <ValidationChart progress={newest.progress} trivialMse={header.trivial.validation.mse} />
          </div>
          <EpochTable epochs={newest.progress.epochs} trivial={header.trivial.validation} />
          <RunFacts opened={newest.run.opened} progress={newest.progress} />
        </>
      )}
    </>
  );
}
