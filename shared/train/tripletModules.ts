import { tripletAName, tripletBName, tripletEName } from '../lora/loraLinear.ts';
import type { TripletModule } from '../lora/tripletModule.ts';
import { DarseError } from '../study/darseError.ts';
import type { ParameterLayout } from './parameterSet.ts';

/** Where the triplets of each AdaLoRA module lie in a flat array of that layout; none for plain LoRA. */
export function tripletModules({ slots }: ParameterLayout): TripletModule[] {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const slot = (name: string) => {
    const found = byName.get(name);
    if (!found) throw new DarseError('internal', `the layout has no ${name}`);
    return found;
  };
  const suffix = tripletEName('');
  return slots
    .filter(({ name }) => name.endsWith(suffix))
    .map(({ name, offset, length: rank }) => {
      const path = name.slice(0, -suffix.length);
      const [a, b] = [slot(tripletAName(path)), slot(tripletBName(path))];
      return {
        path,
        rank,
        inputSize: a.length / rank,
        outputSize: b.length / rank,
        aOffset: a.offset,
        bOffset: b.offset,
        eOffset: offset,
      };
    });
}
