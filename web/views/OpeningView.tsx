import type { Loading } from '../session/trainingSession.ts';

const MEBIBYTE = 2 ** 20;

/** While model, data and engine are opened. */
export function OpeningView({ loading }: { readonly loading: Loading | null }) {
  const isKnown = loading !== null && loading.total > 0;
  return (
    <section className="card">
      <h1>Loading</h1>
      <p id="loading">
        {loading === null
          ? 'Starting the worker that computes.'
          : `Loading ${loading.what}: ${(loading.done / MEBIBYTE).toFixed(1)} MB${isKnown ? ` of ${(loading.total / MEBIBYTE).toFixed(1)} MB` : ''}.`}
      </p>
      <progress aria-labelledby="loading" {...(isKnown ? { value: loading.done, max: loading.total } : {})} />
    </section>
  );
}
