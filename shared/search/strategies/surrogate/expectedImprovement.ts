import { normalProbability } from '../../../study/normalProbability.ts';
import type { Prediction } from './surrogateModel.ts';

/**
 * E[max(0, best - f)] for f ~ N(mean, deviation²): (best - mean)·Φ(z) + deviation·φ(z), z = (best - mean) / deviation.
 * `best`: the lowest mean of the vectors known, not the lowest score, which noise made low. Jones, Schonlau & Welch (1998), eq. 15.
 */
export function expectedImprovement({ mean, deviation }: Prediction, best: number): number {
  if (deviation === 0) return Math.max(0, best - mean);
  const z = (best - mean) / deviation;
  const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
  return Math.max(0, (best - mean) * normalProbability(z) + deviation * density);
}
