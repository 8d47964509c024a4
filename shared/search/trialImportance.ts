import type { AdapterModule } from '../lora/adapter.ts';
import type { SearchSettings } from './searchFields.ts';
import { updateImportance } from './updateImportance.ts';

/**
 * The importance of each module that a trial measured, by module path: of what it trained (`update`), or over its steps (`sensitivity`, see
 * `addSensitivity`); null where it follows from the backbone alone (`paper`).
 */
export function trialImportance(
  kind: SearchSettings['importance'],
  modules: readonly AdapterModule[],
  sensitivity: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> | null {
  switch (kind) {
    case 'update':
      return new Map(modules.map((module) => [module.path, updateImportance(module)]));
    case 'sensitivity':
      return sensitivity;
    case 'paper':
      return null;
    default:
      throw new RangeError(`unknown importance ${JSON.stringify(kind satisfies never)}`);
  }
}
