import { describe, expect, test } from 'vitest';
import { DARK, LIGHT } from '../../../shared/export/report/palette.ts';

/** WCAG 2.2, 1.4.3; marks of a chart have the same colours and would need 3 (1.4.11). */
const WORDS = 4.5;

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s colours of a report', (_, palette) => {
  test('words stand out from the page and from cards', () => {
    for (const name of ['ink', 'quiet', 'best', 'uniform', 'cheaper', 'other'] as const) {
      for (const ground of [palette.page, palette.card]) {
        expect(contrast(palette[name], ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(WORDS);
      }
    }
  });

  test('numbers stand out from the cells they are in', () => {
    for (const [fill, ink] of palette.heat)
      expect(contrast(fill, ink), `${ink} on ${fill}`).toBeGreaterThanOrEqual(WORDS);
  });

  test('many is always darker, or always lighter, than few', () => {
    const steps = palette.heat.map(([fill]) => luminance(fill));
    const sorted = steps.toSorted((a, b) => a - b);
    expect([sorted, sorted.toReversed()]).toContainEqual(steps);
  });
});

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
