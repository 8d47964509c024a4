import type { Loading } from '../session/sessionState.ts';
import { bytesText } from './bytesText.ts';

/** While model, data and engine are opened. */
export function OpeningView({ loading }: { readonly loading: Loading | null }) {
  const isKnown = loading !== null && loading.total > 0;
  return (
    <section className="card">
      <h1>Loading</h1>
      <p id="loading">
        {loading === null
          ? 'Starting the worker that computes.'
          : `Loading ${loading.what}: ${bytesText(loading.done)}${isKnown ? ` of ${bytesText(loading.total)}` : ''}.`}
      </p>
      <progress aria-labelledby="loading" {...(isKnown ? { value: loading.done, max: loading.total } : {})} />
    </section>
  );
}
