import { loraAName, loraBName } from '../lora/loraLinear.ts';

/** What PEFT puts before the module paths of `AutoModel` in `adapter_model.safetensors`. */
const PREFIX = 'base_model.model.';

/** The keys of a module's A and B in `adapter_model.safetensors`. */
export function peftKeys(path: string): { A: string; B: string } {
  return { A: `${PREFIX}${loraAName(path)}`, B: `${PREFIX}${loraBName(path)}` };
}

/** The module path of such a key, or `undefined` where it is none. */
export function pathOfPeftKey(key: string): string | undefined {
  return /^base_model\.model\.(.+)\.lora_[AB]\.weight$/.exec(key)?.[1];
}

/**
 * A key of PEFT's `rank_pattern` and `alpha_pattern` that fits one module only. PEFT takes it for a regular expression,
 * in which the bare dots of `layer.1.` would also fit `layer.11` and the like.
 */
export function patternKey(path: string): string {
  return path.replaceAll('.', '\\.');
}

/** The module path that `patternKey` made this key of. */
export function pathOfPatternKey(key: string): string {
  return key.replaceAll('\\.', '.');
}
