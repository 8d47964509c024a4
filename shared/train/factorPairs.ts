import type { FactorPair } from '../lora/factorPair.ts';
import { loraAName, loraBName } from '../lora/loraLinear.ts';
import { DarseError } from '../study/darseError.ts';
import type { ParameterLayout } from './parameterSet.ts';

/** Where the factors of each plain LoRA module lie in a flat array of that layout; none for AdaLoRA. */
export function factorPairs({ slots }: ParameterLayout): FactorPair[] {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const suffix = loraAName('');
  return slots
    .filter(({ name }) => name.endsWith(suffix))
    .map((a) => {
      const path = a.name.slice(0, -suffix.length);
      const b = byName.get(loraBName(path));
      if (!b) throw new DarseError('internal', `the layout has no ${loraBName(path)}`);
      return { path, a, b };
    });
}
