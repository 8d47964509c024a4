// The bundler makes this module an address.
// oxlint-disable-next-line import/default
import workerUrl from '../../workers/page/pageWorker.ts?worker&url';

/** Under Trusted Types a worker starts from an address that a policy has passed: this one passes the page's own alone. */
const policy = globalThis.trustedTypes?.createPolicy('darse-worker', {
  createScriptURL(url) {
    if (url === workerUrl) return url;
    throw new TypeError(`the only worker of this page is ${workerUrl}, not ${url}`);
  },
});

/** Starts the worker that computes. */
export function spawnWorker(): Worker {
  return new Worker(policy ? policy.createScriptURL(workerUrl) : workerUrl, { type: 'module', name: 'darse' });
}
