import type { AdapterModule } from '../lora/adapter.ts';
import { type AdapterFolder, pythonBase } from './adapterFolder.ts';
import { patternKey } from './peftKeys.ts';

/** The PEFT release whose format is written, and with which the peer test loads it. */
const PEFT_VERSION = '0.18.1';

/**
 * `adapter_config.json` of a plain LoRA for PEFT, keys sorted as PEFT sorts them.
 *
 * Modules are listed by their full path, so a module of rank 0 is simply not there. The commonest rank and alpha stand in
 * `r` and `lora_alpha`, all others in the patterns. `init_lora_weights` must be true: PEFT runs any other
 * initialisation again on loading, on the base weights.
 */
export function peftConfig({ modules, rsLora, loraDropout, settings }: AdapterFolder): Record<string, unknown> {
  const rank = commonest(modules.map((module) => module.rank));
  const alpha = commonest(modules.map((module) => module.alpha));
  return {
    alpha_pattern: pattern(modules, (module) => module.alpha, alpha),
    auto_mapping: null,
    base_model_name_or_path: pythonBase(settings.base),
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: loraDropout,
    modules_to_save: null,
    peft_type: 'LORA',
    peft_version: PEFT_VERSION,
    r: rank,
    rank_pattern: pattern(modules, (module) => module.rank, rank),
    revision: settings.base.revision ?? null,
    target_modules: modules.map((module) => module.path),
    task_type: 'FEATURE_EXTRACTION',
    use_dora: false,
    use_rslora: rsLora,
  };
}

function pattern(
  modules: readonly AdapterModule[],
  valueOf: (module: AdapterModule) => number,
  usual: number,
): Record<string, number> {
  return Object.fromEntries(
    modules
      .filter((module) => valueOf(module) !== usual)
      .map((module) => [patternKey(module.path), valueOf(module)] as const),
  );
}

/** The value that occurs most often; the first of several. */
function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 0;
}
