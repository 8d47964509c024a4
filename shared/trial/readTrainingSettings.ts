import { CLASS_COUNT, type Example } from '../data/example.ts';
import { type EncoderConfig, longestInput } from '../encoder/encoderConfig.ts';
import { ADALORA_DEFAULTS, adaLoraSchedule } from '../lora/adaLoraSchedule.ts';
import { adaLoraAdapterSpec, adapterSpec } from '../lora/adapterSpec.ts';
import { type AlphaRule, parseAlphaRule } from '../lora/loraScale.ts';
import { linearModule, parseModulePath, parseTargets } from '../lora/modulePaths.ts';
import { expandRanks, largestRank, parseRankMap, type RankMap } from '../lora/rankMap.ts';
import { parseRankVector } from '../lora/rankVector.ts';
import { DarseError } from '../study/darseError.ts';
import { type Fields, parseSettings, type Settings } from '../study/fields.ts';
import { ADAMW_DEFAULTS } from '../train/adamW.ts';
import { parseLossWeights } from './numberLists.ts';
import { DEFAULT_LEARNING_RATES, TRAINING_FIELDS, type TrainingSettings } from './trainingFields.ts';
import { PRESET_SETTINGS, type Preset } from './trainingPresets.ts';
import type { TrialSpec } from './trialSpec.ts';

/** Where neither the user nor a preset says: enough for headlines, tweets and most reviews' sentences. */
const DEFAULT_MAX_TOKENS = 128;

/** Settings from a preset, a configuration file and flags; later ones win. `pad: "512"` means full padding to 512 tokens. */
export function readTrainingSettings(
  preset: Preset | null,
  file: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, unknown>>,
): TrainingSettings {
  return readPresetSettings(TRAINING_FIELDS, preset, file, flags);
}

/** The same for a table that has other fields beside those of a training. */
export function readPresetSettings<Table extends Fields>(
  table: Table,
  preset: Preset | null,
  file: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, unknown>>,
): Settings<Table> {
  return parseSettings(table, preset ? PRESET_SETTINGS[preset] : {}, fullPadding(file), fullPadding(flags));
}

function fullPadding(source: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { pad } = source;
  const tokens = Number(pad);
  return Number.isInteger(tokens) && tokens > 0 && pad !== true
    ? { ...source, maxTokens: source['maxTokens'] ?? tokens, pad: 'full' }
    : source;
}

/** The trial that settings describe for a backbone; `train` is needed for balanced class weights and for AdaLoRA's schedule. */
export function trialSpecOf(
  settings: TrainingSettings,
  config: EncoderConfig,
  train: readonly Pick<Example, 'label'>[],
): TrialSpec {
  const longest = longestInput(config);
  const maxTokens = settings.maxTokens ?? Math.min(DEFAULT_MAX_TOKENS, longest);
  if (maxTokens > longest) {
    throw new DarseError(
      'usage',
      `--max-tokens must be at most ${longest}, this backbone's longest input; got ${maxTokens}`,
    );
  }
  const alpha = parseAlphaRule(settings.alpha);
  return {
    seed: settings.seed,
    alpha,
    ...adapterOf(settings, ranksOf(settings, config), alpha, config, train.length),
    loraDropout: settings.loraDropout,
    backboneDropout:
      settings.dropout === 'model'
        ? { hidden: config.hiddenDropout, attention: config.attentionDropout }
        : { hidden: 0, attention: 0 },
    pooling: settings.pooling,
    head: { regression: settings.head, width: settings.headWidth, dropout: settings.headDropout },
    lossWeights: parseLossWeights(settings.lossWeights),
    ...(settings.omega > 0 && { omega: settings.omega }),
    classWeights: classWeightsOf(settings.classWeights, train),
    learningRate: settings.lr ?? DEFAULT_LEARNING_RATES[settings.method],
    adamW: { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay },
    schedule: { kind: settings.schedule, warmupFraction: settings.warmup, finalFraction: settings.finalLr },
    clipNorm: settings.clip,
    epochs: settings.epochs,
    batchSize: settings.batch,
    microBatchSize: Math.min(settings.microBatch ?? settings.batch, settings.batch),
    maxTokens,
    padding: settings.pad,
    patience: settings.patience,
    objective: settings.objective,
  };
}

/** Flags that mean something to AdaLoRA alone. */
const ADALORA_FIELDS = ['adaInitRank', 'adaWarmup', 'adaFinal', 'adaInterval', 'orthogonality'] as const;

/** AdaLoRA starts with this times the mean rank where nothing else is said, as its authors do. */
const INITIAL_RANK_FACTOR = 1.5;

function adapterOf(
  settings: TrainingSettings,
  ranks: RankMap,
  alpha: AlphaRule,
  config: EncoderConfig,
  trainCount: number,
): Pick<TrialSpec, 'adapter' | 'adaLora'> {
  if (settings.method === 'lora') {
    const given = ADALORA_FIELDS.filter((name) => settings[name] !== null).map((name) => TRAINING_FIELDS[name].flag);
    if (given.length === 0) return { adapter: adapterSpec(ranks, alpha) };
    throw new DarseError('usage', `${given.join(', ')} can only be given with --method adalora`);
  }
  if (settings.omega > 0) {
    throw new DarseError(
      'usage',
      `--omega ${settings.omega} regularises plain LoRA; --method adalora has a regulariser of its own, weighted by --orthogonality`,
    );
  }
  const adapted = [...ranks].filter(([, rank]) => rank > 0);
  if (adapted.length === 0) throw new DarseError('usage', '--method adalora needs a module with a rank above 0');
  const targetBudget = adapted.reduce((sum, [, rank]) => sum + rank, 0);
  const fullRank = Math.min(...adapted.map(([path]) => fullRankOf(path, config)));
  const initialRank =
    settings.adaInitRank ?? Math.min(fullRank, Math.ceil((INITIAL_RANK_FACTOR * targetBudget) / adapted.length));
  if (initialRank > fullRank) {
    throw new DarseError(
      'usage',
      `--ada-init-rank must be at most ${fullRank}, the full rank of a module, got ${initialRank}`,
    );
  }
  const adapter = adaLoraAdapterSpec(
    adapted.map(([path]) => path),
    initialRank,
    alpha,
  );
  const adaLora = {
    targetBudget,
    warmupFraction: settings.adaWarmup ?? ADALORA_DEFAULTS.warmupFraction,
    finalFraction: settings.adaFinal ?? ADALORA_DEFAULTS.finalFraction,
    interval: settings.adaInterval,
    orthogonality: settings.orthogonality ?? ADALORA_DEFAULTS.orthogonality,
  };
  // A schedule that could not work is told before anything is trained.
  adaLoraSchedule(adaLora, adapter.ranks, Math.ceil(trainCount / settings.batch) * settings.epochs);
  return { adapter, adaLora };
}

function fullRankOf(path: string, config: EncoderConfig): number {
  const place = parseModulePath(path);
  if (!place) throw new DarseError('internal', `${path} is no module of an encoder`);
  const { inputSize, outputSize } = linearModule(place.layer, place.target, config);
  return Math.min(inputSize, outputSize);
}

function ranksOf({ ranks, targets }: TrainingSettings, config: EncoderConfig): RankMap {
  if (ranks.trim().startsWith('{')) return parseRankMap(parseJsonObject('--ranks', ranks), config);
  const adapted = parseTargets(targets);
  return expandRanks(parseRankVector(ranks, config.layerCount, largestRank(adapted, config)), adapted);
}

/** n / (classes present · n_c), as scikit-learn's `class_weight="balanced"`; 1 for a class without rows. */
function classWeightsOf(kind: TrainingSettings['classWeights'], train: readonly Pick<Example, 'label'>[]): number[] {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0);
  for (const { label } of train) counts[label] = (counts[label] ?? 0) + 1;
  if (kind === 'none') return counts.map(() => 1);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? train.length / (present * count) : 1));
}

function parseJsonObject(flag: string, text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  } catch {
    // Falls through to the one message for whatever is no JSON object.
  }
  throw new DarseError('usage', `${flag} starts like a JSON object but is none: ${text.slice(0, 60)}`);
}
