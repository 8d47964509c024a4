import { setImmediate } from 'node:timers/promises';
import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import type { Settings } from '../shared/study/fields.ts';
import type { ENGINE_FIELDS } from '../shared/trial/trainingFields.ts';
import { openNodeEngine } from '../workers/nodeEngines.ts';

/** The engine that the settings name, on this machine. */
export async function openEngine(
  { engine, threads }: Settings<typeof ENGINE_FIELDS>,
  readConstant: ReadConstant,
): Promise<Engine> {
  return hearing(await openNodeEngine(engine, { readConstant, threads: threads ?? undefined, loadTensorflow }));
}

/** Loaded only when the engine is opened: it brings all of tfjs. */
export async function loadTensorflow() {
  return (await import('./engines/loadTensorflow.ts')).loadTensorflow();
}

/** The engine with a turn of the event loop before every run: one that computes on this thread would leave Ctrl-C unheard. */
function hearing(engine: Engine): Engine {
  return {
    description: engine.description,
    tensorCount: () => engine.tensorCount(),
    dispose: () => engine.dispose(),
    async prepare(plan) {
      const prepared = await engine.prepare(plan);
      return {
        dispose: () => prepared.dispose(),
        async run(sizes, given) {
          await setImmediate();
          return prepared.run(sizes, given);
        },
      };
    },
  };
}
