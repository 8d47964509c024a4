import { type ClassHead, classLayers } from '../heads/classHead.ts';
import { type RegressionHead, regressionLayers } from '../heads/regressionHead.ts';

/** The names and shapes of the parameters of both heads. */
export function headShapes(regression: RegressionHead, classification: ClassHead): ReadonlyMap<string, number[]> {
  return new Map(
    [...regressionLayers(regression), ...classLayers(classification)].flatMap(({ name, inputSize, outputSize }) => [
      [`${name}.weight`, [outputSize, inputSize]],
      [`${name}.bias`, [outputSize]],
    ]),
  );
}
