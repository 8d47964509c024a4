import { expose } from 'comlink';
import { createTrainingService } from './createTrainingService.ts';

/**
 * onnxruntime-web starts its threads from plain addresses. Under Trusted Types those need a default policy: this one lets scripts of
 * this site through and nothing else.
 */
globalThis.trustedTypes?.createPolicy('default', {
  createScriptURL(url) {
    if (new URL(url, globalThis.location.href).origin === globalThis.location.origin) return url;
    throw new TypeError(`scripts come from ${globalThis.location.origin} alone, not from ${url}`);
  },
});

expose(createTrainingService());
