import type { Fields } from '../study/fields.ts';
import type { TrainingSettings } from './trainingFields.ts';

const PRESETS = ['paper'] as const;
export type Preset = (typeof PRESETS)[number];

/** Which preset a training starts from. */
export const PRESET_FIELD = {
  preset: {
    kind: 'choice',
    default: 'none',
    choices: ['none', ...PRESETS],
    flag: '--preset',
    value: '<name>',
    help: 'settings to start from; others given beside it win',
  },
} as const satisfies Fields;

/** The preset that flags name, else a `--config` file; null for none, and for a name that `PRESET_FIELD` will refuse. */
export function namedPreset(
  file: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, unknown>>,
): Preset | null {
  const named = flags['preset'] ?? file['preset'];
  return PRESETS.find((name) => name === named) ?? null;
}

/** The settings a preset changes (`paper`: spec.md §4, §5 and the JSON of §7.6). */
export const PRESET_SETTINGS: Readonly<Record<Preset, Partial<TrainingSettings>>> = {
  paper: {
    targets: 'query,value',
    alpha: 'rank',
    loraDropout: 0,
    dropout: 'model',
    pooling: 'first',
    head: 'paper',
    headWidth: 128,
    headDropout: 0.1,
    lossWeights: '1,1',
    lr: 1e-5,
    schedule: 'cosine',
    warmup: 0.1,
    finalLr: 0,
    weightDecay: 0.01,
    epochs: 100,
    batch: 10,
    maxTokens: 512,
    pad: 'full',
    parts: '0.9,0.1,0',
    seed: 1,
  },
};
