import type { StudySettings } from '../studyFields.ts';

export const PAPER_PRESETS = ['motivation', 'uniform-sweep', 'grid', 'paper-search'] as const;
export type PaperPreset = (typeof PAPER_PRESETS)[number];

/** `full`: as the paper ran it. `smoke`: the same on a tiny encoder of made-up weights, to see that everything runs. */
export const SCALES = ['smoke', 'full'] as const;
export type Scale = (typeof SCALES)[number];

/** Which experiment a study reproduces. */
export interface Reproduction {
  readonly preset: PaperPreset;
  readonly scale: Scale;
}

/** What an experiment sets of a study's settings, and how its table is read (spec.md §7). */
export interface PresetTable {
  readonly settings: Partial<StudySettings>;
  /** How many there are without a budget; null: it depends on what comes out. */
  readonly trainings: number | null;
  /** Epochs whose metrics the paper prints; none: those of the epoch handed over alone. */
  readonly reportEpochs: Readonly<Record<Scale, readonly number[]>>;
  /** The settings of one scale. */
  readonly scaled: Readonly<Record<Scale, Partial<StudySettings>>>;
}

const NO_EPOCHS = { full: [], smoke: [] };

/** The paper's experiments as data (spec.md §7.1–7.4, 7.6); all else is `--preset paper`. */
export const PRESET_TABLES: Readonly<Record<PaperPreset, PresetTable>> = {
  motivation: {
    settings: { strategy: 'motivation', groups: '4' },
    trainings: 13,
    reportEpochs: NO_EPOCHS,
    scaled: { full: { allowed: '128,256,384,512', base: 256 }, smoke: { allowed: '1,2,4,8', base: 2 } },
  },
  'uniform-sweep': {
    settings: { strategy: 'uniform-sweep', groups: '1' },
    trainings: 8,
    reportEpochs: { full: [20, 40, 60, 80, 100], smoke: [1, 2] },
    scaled: { full: { allowed: '8,16,32,64,128,256,384,512' }, smoke: { allowed: '1-8' } },
  },
  grid: {
    settings: { strategy: 'grid', groups: '3', objective: 'best' },
    trainings: 64,
    reportEpochs: NO_EPOCHS,
    scaled: { full: { allowed: '128,256,384,512' }, smoke: { allowed: '1,2,4,8' } },
  },
  'paper-search': {
    settings: { strategy: 'fine', groups: '3', groupOrder: '1,2,3', epsilon: 0.001, maxSweeps: 5, transfer: false },
    trainings: null,
    reportEpochs: NO_EPOCHS,
    scaled: {
      full: { allowed: '128,256,384,512', delta: 128, fineStep: 128 },
      smoke: { allowed: '1,2,4,8', delta: 4, fineStep: 1 },
    },
  },
};

/** What every experiment sets: the paper has no test rows to confirm anything on. */
export const COMMON_SETTINGS: Partial<StudySettings> = { confirmSeeds: 0 };

/** What a scale sets for every experiment. */
export const SCALE_SETTINGS: Readonly<Record<Scale, Partial<StudySettings>>> = {
  full: { model: 'FacebookAI/roberta-large' },
  smoke: { epochs: 2, maxTokens: 32 },
};

/** What is said of a smoke run wherever it shows a number. */
export const SMOKE_NOTICE =
  'This is a smoke run: a tiny encoder of made-up weights, a few texts, two epochs. It shows that everything runs; its numbers mean nothing.';
