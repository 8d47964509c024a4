/** A worker that never answers. */
globalThis.addEventListener('message', () => undefined);
