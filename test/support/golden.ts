import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the answers lie small models: for tests that want one of a known shape, wherever the answers come from. */
export const SMALL_MODELS = join(import.meta.dirname, '..', 'golden');

/** Where the answers of the Python originals lie; another folder of the same layout can stand in. */
export const GOLDEN_DIR = process.env['GOLDEN_DIR'] ?? SMALL_MODELS;

/** A path inside the golden folder. */
export function goldenPath(...parts: string[]): string {
  return join(GOLDEN_DIR, ...parts);
}

/** A JSON file of the golden folder, of the shape that its generator writes. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function goldenJson<T>(...parts: string[]): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(readFileSync(goldenPath(...parts), 'utf8')) as T;
}
