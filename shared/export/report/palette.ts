/** The colours of a report, by the name of their CSS variable; light and dark. */
export interface Palette {
  readonly page: string;
  readonly card: string;
  readonly line: string;
  readonly ink: string;
  /** Words beside the point. */
  readonly quiet: string;
  readonly best: string;
  readonly uniform: string;
  readonly cheaper: string;
  readonly other: string;
  /** From few to many, and the ink on each. */
  readonly heat: readonly (readonly [fill: string, ink: string])[];
}

export const LIGHT: Palette = {
  page: '#f7f6f3',
  card: '#ffffff',
  line: '#dfe2e7',
  ink: '#1d2433',
  quiet: '#566071',
  best: '#0b6e80',
  uniform: '#ad4e07',
  cheaper: '#6b3fb0',
  other: '#687182',
  heat: [
    ['#eff6f7', '#1d2433'],
    ['#d5eaee', '#1d2433'],
    ['#afd8e0', '#1d2433'],
    ['#80c1ce', '#1d2433'],
    ['#55a9ba', '#141a26'],
    ['#1f7488', '#ffffff'],
    ['#0c5566', '#ffffff'],
  ],
};

export const DARK: Palette = {
  page: '#10141b',
  card: '#181e28',
  line: '#323b4a',
  ink: '#e8ebf0',
  quiet: '#a9b3c2',
  best: '#58c8dc',
  uniform: '#f2a765',
  cheaper: '#bda2f3',
  other: '#929cab',
  heat: [
    ['#1b2730', '#e8ebf0'],
    ['#1d3640', '#e8ebf0'],
    ['#1f4954', '#e8ebf0'],
    ['#235d6b', '#f2f5f8'],
    ['#4a9fb1', '#0d1117'],
    ['#76bfce', '#0d1117'],
    ['#ace0ea', '#0d1117'],
  ],
};

/** How many steps the scale from few to many has. */
export const HEAT_STEPS = LIGHT.heat.length;

/** A palette as CSS declarations. */
export function paletteCss({ heat, ...colours }: Palette): string {
  const plain = Object.entries(colours).map(([name, colour]) => `--${name}:${colour}`);
  const steps = heat.flatMap(([fill, ink], i) => [`--heat-${i}:${fill}`, `--heat-ink-${i}:${ink}`]);
  return [...plain, ...steps].join(';');
}
