import type { AdaptedShape } from '../lora/modulePaths.ts';
import { parseTargets } from '../lora/modulePaths.ts';
import { DarseError } from '../study/darseError.ts';
import type { Fields, Settings } from '../study/fields.ts';
import { parseDuration } from '../study/parseDuration.ts';
import { TRAINING_FIELDS, type TrainingSettings } from '../trial/trainingFields.ts';
import type { Trial } from './evaluation.ts';
import { parseBudget } from './parseBudget.ts';
import { parseRankList } from './parseRankList.ts';
import type { RankSpace } from './rankSpace.ts';
import { rankSpaceOf } from './rankSpaceOf.ts';
import { SEARCH_FIELDS } from './searchFields.ts';

const { ranks: _ranks, ...TRAINING } = TRAINING_FIELDS;

/** Everything that decides a study: the search, and each of its trainings but for its ranks. */
export const STUDY_FIELDS = {
  ...SEARCH_FIELDS,
  allowed: { ...SEARCH_FIELDS.allowed, default: '4,8,16,32' },
  groups: {
    kind: 'text',
    default: '3',
    check: parseGroups,
    flag: '--groups',
    value: '<N>',
    help: 'equal groups of neighbouring layers that share a rank, or "layers": each has its own',
  },
  separateTargets: {
    kind: 'switch',
    default: false,
    flag: '--separate-targets',
    value: '',
    help: 'each kind of matrix has a rank of its own in every group',
  },
  time: {
    kind: 'text',
    default: null,
    check: (text: string) => parseDuration('--time', text),
    flag: '--time',
    value: '<30m>',
    help: 'start no training that would probably end later than this (90s, 30m, 1h30m)',
  },
  lrFair: {
    kind: 'switch',
    default: false,
    flag: '--lr-fair',
    value: '',
    help: 'before vectors are compared, look for the best learning rate of the least and of the greatest uniform vector; the rule in between is reported',
  },
  ...TRAINING,
} as const satisfies Fields;

export type StudySettings = Settings<typeof STUDY_FIELDS>;

/** The rank space that the settings describe for a backbone; `usage` with everything that is wrong with it. */
export function studySpace(settings: StudySettings, shape: AdaptedShape): RankSpace {
  const { groups, targets, separateTargets, allowed, budget } = settings;
  return rankSpaceOf(shape, {
    groups: parseGroups(groups),
    targets: parseTargets(targets),
    separateTargets,
    allowed: parseRankList('--allowed', allowed),
    budget: budget === null ? null : parseBudget(budget),
  });
}

/** The settings of a training that a study asks for: all that the trial does not say is the same for every vector. */
export function trainingSettingsOf(
  settings: StudySettings,
  { groups }: RankSpace,
  trial: Pick<Trial, 'ranks' | 'seed' | 'learningRate'>,
): TrainingSettings {
  if (settings.method !== 'lora') {
    throw new DarseError('usage', 'a search gives ranks to plain LoRA: --method must be lora');
  }
  const byModule = groups.flatMap(({ modules }, group) =>
    modules.map((path) => [path, trial.ranks[group] ?? 0] as const),
  );
  return {
    ...settings,
    seed: trial.seed ?? settings.seed,
    lr: trial.learningRate ?? settings.lr,
    ranks: JSON.stringify(Object.fromEntries(byModule)),
  };
}

function parseGroups(text: string): number | 'layers' {
  const word = text.trim();
  if (word === 'layers') return word;
  if (/^[1-9]\d{0,5}$/.test(word)) return Number(word);
  throw new DarseError('usage', `--groups must be a whole number of at least 1, or "layers"; got "${text}"`);
}
