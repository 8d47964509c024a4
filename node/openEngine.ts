import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import type { Settings } from '../shared/study/fields.ts';
import type { ENGINE_FIELDS } from '../shared/trial/trainingFields.ts';
import { openNodeEngine } from '../workers/nodeEngines.ts';

/** The engine that the settings name, on this machine. */
export function openEngine(
  { engine, threads }: Settings<typeof ENGINE_FIELDS>,
  readConstant: ReadConstant,
): Promise<Engine> {
  return openNodeEngine(engine, { readConstant, threads: threads ?? undefined, loadTensorflow });
}

/** Loaded only when the engine is opened: it brings all of tfjs. */
export async function loadTensorflow() {
  return (await import('./engines/loadTensorflow.ts')).loadTensorflow();
}
