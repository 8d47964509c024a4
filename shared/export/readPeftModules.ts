import { type AdapterModule, adapterModule } from '../lora/adapter.ts';
import { parseModulePath, TARGETS } from '../lora/modulePaths.ts';
import type { StoredTensor } from './adapterFolder.ts';
import type { PeftConfig } from './peftConfigSchema.ts';
import { pathOfPatternKey, pathOfPeftKey, peftKeys } from './peftKeys.ts';

/**
 * The modules of a plain LoRA as PEFT stores them, bottom to top. Pattern keys are read as `patternKey` writes
 * them, one full module path each. Whatever does not fit is added to `problems`.
 */
export function readPeftModules(
  tensors: ReadonlyMap<string, StoredTensor>,
  config: PeftConfig,
  problems: string[],
): AdapterModule[] {
  const paths = modulePaths(tensors, problems);
  const rankOf = patternLookup('rank_pattern', config.rank_pattern, config.r, paths, problems);
  const alphaOf = patternLookup('alpha_pattern', config.alpha_pattern, config.lora_alpha, paths, problems);
  const modules: AdapterModule[] = [];
  for (const path of paths) {
    const keys = peftKeys(path);
    const A = tensors.get(keys.A);
    const B = tensors.get(keys.B);
    const [rank, inputSize, ...moreOfA] = A?.shape ?? [];
    const [outputSize, rankOfB, ...moreOfB] = B?.shape ?? [];
    if (!A || !B || !rank || !inputSize || !outputSize || rank !== rankOfB || moreOfA.length + moreOfB.length > 0) {
      problems.push(`${path} must have factors A [r, in] and B [out, r], got ${shapeText(A)} and ${shapeText(B)}`);
    } else if (rank !== rankOf(path)) {
      problems.push(`${path} has rank ${rankOf(path)} by adapter_config.json and ${rank} by its factors`);
    } else {
      const rule = { kind: config.use_rslora ? 'rsLora' : 'fixed', alpha: alphaOf(path) } as const;
      modules.push(adapterModule({ path, inputSize, outputSize }, rule, A.data, B.data));
    }
  }
  for (const target of config.target_modules) {
    if (parseModulePath(target) && !paths.has(target)) problems.push(`${target} is a target without factors`);
  }
  return modules;
}

function modulePaths(tensors: ReadonlyMap<string, StoredTensor>, problems: string[]): Set<string> {
  const places = new Map<string, number>();
  for (const key of tensors.keys()) {
    const path = pathOfPeftKey(key);
    const place = path === undefined ? undefined : parseModulePath(path);
    if (path === undefined || place === undefined) {
      problems.push(`tensor ${key} is no factor of an encoder's module`);
    } else {
      places.set(path, place.layer * TARGETS.length + TARGETS.indexOf(place.target));
    }
  }
  return new Set([...places].sort(([, a], [, b]) => a - b).map(([path]) => path));
}

function patternLookup(
  name: string,
  pattern: Readonly<Record<string, number>>,
  usual: number,
  paths: ReadonlySet<string>,
  problems: string[],
): (path: string) => number {
  const values = new Map(Object.entries(pattern).map(([key, value]) => [pathOfPatternKey(key), value]));
  for (const path of values.keys()) {
    if (!paths.has(path)) problems.push(`${name} must name adapted modules by their full paths, got "${path}"`);
  }
  return (path) => values.get(path) ?? usual;
}

function shapeText(tensor: StoredTensor | undefined): string {
  return tensor === undefined ? 'nothing' : `[${tensor.shape.join(', ')}]`;
}
