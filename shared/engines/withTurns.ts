import type { Engine } from './engine.ts';

/** The engine with a turn of its thread's event loop before every run, so that what is said to the thread meanwhile is heard. */
export function withTurns(engine: Engine, turn: () => Promise<unknown>): Engine {
  return {
    description: engine.description,
    tensorCount: () => engine.tensorCount(),
    dispose: () => engine.dispose(),
    async prepare(plan) {
      const prepared = await engine.prepare(plan);
      return {
        dispose: () => prepared.dispose(),
        async run(sizes, given) {
          await turn();
          return prepared.run(sizes, given);
        },
      };
    },
  };
}
