import { useEffect, useSyncExternalStore } from 'react';
import { Announcer } from './Announcer.tsx';
import { FailedView } from './FailedView.tsx';
import { OpeningView } from './OpeningView.tsx';
import { ResultView } from './ResultView.tsx';
import { statusText } from './statusText.ts';
import { TrainingView } from './TrainingView.tsx';
import type { SessionState, TrainingSession } from '../session/trainingSession.ts';
import { WelcomeView } from './WelcomeView.tsx';

/** The page: one view for each stage of its session. */
export function App({ session }: { readonly session: TrainingSession }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  useTitle(state);
  return (
    <>
      <header className="top">
        <p className="brand">DARSE</p>
        <p className="quiet">How many LoRA ranks, and where? Your texts stay in this tab.</p>
      </header>
      <main>
        <View state={state} session={session} />
      </main>
      <Announcer text={statusText(state)} />
    </>
  );
}

function View({ state, session }: { readonly state: SessionState; readonly session: TrainingSession }) {
  switch (state.stage) {
    case 'welcome':
      return <WelcomeView session={session} />;
    case 'opening':
      return <OpeningView loading={state.loading} />;
    case 'training':
    case 'stopped':
      return <TrainingView state={state} session={session} />;
    case 'finished':
      return <ResultView state={state} session={session} />;
    case 'failed':
      return <FailedView state={state} session={session} />;
    default:
      throw new RangeError(`unknown stage ${JSON.stringify(state satisfies never)}`);
  }
}

/** The title shows per cent, so that a tab in the background tells how far it is. */
function useTitle(state: SessionState): void {
  const title =
    state.stage === 'training'
      ? `${state.progress.percent} % – DARSE`
      : state.stage === 'finished'
        ? 'Done – DARSE'
        : 'DARSE';
  useEffect(() => {
    document.title = title;
  }, [title]);
}
