import { DEMO } from '../session/demoTraining.ts';
import { FileDrop } from './FileDrop.tsx';
import { urlSettings } from '../session/urlSettings.ts';
import type { TrainingSession } from '../session/trainingSession.ts';

/** The first visit. */
export function WelcomeView({ session }: { readonly session: TrainingSession }) {
  return (
    <section className="card hero">
      <h1>Teach a small language model the tone of your texts, right here</h1>
      <p>
        DARSE trains LoRA adapters: a few ranks beside the frozen weights of an encoder, for a sentiment score and five
        classes. Everything runs in this browser tab, on this machine; no account, no upload.
      </p>
      <p>The demo trains on 480 of the bundled business headlines and shows every step.</p>
      <button
        type="button"
        className="main"
        onClick={() => session.begin({ ...DEMO, settings: { ...DEMO.settings, ...urlSettings() } })}
      >
        Run demo
      </button>
      <FileDrop onFile={session.choose} />
    </section>
  );
}
