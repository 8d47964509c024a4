import { setImmediate } from 'node:timers/promises';
import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import { withTurns } from '../shared/engines/withTurns.ts';
import type { Settings } from '../shared/study/fields.ts';
import type { ENGINE_FIELDS } from '../shared/trial/trainingFields.ts';
import { openNodeEngine } from '../workers/nodeEngines.ts';

/** The engine that the settings name, on this machine. */
export async function openEngine(
  { engine, threads }: Settings<typeof ENGINE_FIELDS>,
  readConstant: ReadConstant,
): Promise<Engine> {
  const opened = await openNodeEngine(engine, { readConstant, threads: threads ?? undefined, loadTensorflow });
  // One that computes on this thread would leave Ctrl-C unheard.
  return withTurns(opened, setImmediate);
}

/** Loaded only when the engine is opened: it brings all of tfjs. */
export async function loadTensorflow() {
  return (await import('./engines/loadTensorflow.ts')).loadTensorflow();
}
