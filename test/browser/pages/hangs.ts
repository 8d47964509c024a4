import { expose } from 'comlink';

/** A worker that starts well and then computes for ever. */
expose({
  alive: () => true,
  predict() {
    for (;;);
  },
});
