import { useEffect, useSyncExternalStore } from 'react';
import type { SessionState, Stage } from '../session/sessionState.ts';
import type { TrainingSession } from '../session/trainingSession.ts';
import { Announcer } from './Announcer.tsx';
import { DataView } from './DataView.tsx';
import { FailedView } from './FailedView.tsx';
import { OpeningView } from './OpeningView.tsx';
import { ResultView } from './ResultView.tsx';
import { statusText } from './statusText.ts';
import { StoragePanel } from './StoragePanel.tsx';
import { TrainingView } from './TrainingView.tsx';
import { WatchView } from './WatchView.tsx';
import { WelcomeView } from './WelcomeView.tsx';

/** The page: one view for each stage of its session. */
export function App({ session }: { readonly session: TrainingSession }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  useTitle(state.stage);
  return (
    <>
      <header className="top">
        <p className="brand">DARSE</p>
        <p className="quiet">How many LoRA ranks, and where? Your texts stay in this tab.</p>
      </header>
      <main>
        {state.storageTrouble && (
          <p className="warning" role="alert">
            {state.storageTrouble}
          </p>
        )}
        <View state={state} session={session} />
      </main>
      <Announcer text={statusText(state.stage)} />
    </>
  );
}

function View({ state, session }: { readonly state: SessionState; readonly session: TrainingSession }) {
  const { stage } = state;
  if (state.role === 'reader') return <WatchView stored={state.stored} />;
  switch (stage.kind) {
    case 'welcome':
      return (
        <>
          <WelcomeView session={session} />
          <StoragePanel stored={state.stored} use={state.storageUse} session={session} />
        </>
      );
    case 'data':
      return <DataView file={stage.file} session={session} />;
    case 'opening':
      return <OpeningView loading={stage.loading} />;
    case 'training':
    case 'stopped':
      return <TrainingView stage={stage} session={session} />;
    case 'finished':
      return <ResultView stage={stage} session={session} />;
    case 'failed':
      return <FailedView stage={stage} session={session} />;
    default:
      throw new RangeError(`unknown stage ${JSON.stringify(stage satisfies never)}`);
  }
}

/** The title shows per cent, so that a tab in the background tells how far it is. */
function useTitle(stage: Stage): void {
  const title =
    stage.kind === 'training'
      ? `${stage.progress.percent} % – DARSE`
      : stage.kind === 'finished'
        ? 'Done – DARSE'
        : 'DARSE';
  useEffect(() => {
    document.title = title;
  }, [title]);
}
