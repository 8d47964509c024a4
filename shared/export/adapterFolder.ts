import * as v from 'valibot';
import type { WritableTensor } from '../encoder/safetensorsWriter.ts';
import { POOLINGS } from '../heads/pooling.ts';
import { REGRESSION_HEADS } from '../heads/regressionHead.ts';
import type { AdapterModule } from '../lora/adapter.ts';

/** The files of an adapter folder. The first two are PEFT's and are missing where only the heads were trained. */
export const ADAPTER_CONFIG_FILE = 'adapter_config.json';
export const ADAPTER_WEIGHTS_FILE = 'adapter_model.safetensors';
export const HEADS_FILE = 'darse_heads.safetensors';
export const SETTINGS_FILE = 'darse_heads.json';
export const LOADER_FILE = 'load_darse.py';
export const CARD_FILE = 'README.md';

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

const BaseModelSchema = v.strictObject({
  /** A hub id, or a folder in the Hugging Face layout. */
  nameOrPath: v.pipe(v.string(), v.minLength(1)),
  /** The hub id that Python loads where `nameOrPath` means something to DARSE alone; the bundled backbone is an int8 copy of it. */
  origin: v.optional(v.pipe(v.string(), v.minLength(1))),
  /** The hub commit. */
  revision: v.optional(v.string()),
  modelType: v.picklist(['bert', 'roberta']),
});

/** Everything beside the weights that a prediction depends on. */
export const HeadSettingsSchema = v.object({
  base: BaseModelSchema,
  pooling: v.picklist(POOLINGS),
  regression: v.strictObject({ kind: v.picklist(REGRESSION_HEADS), inputSize: CountSchema, width: CountSchema }),
  classification: v.strictObject({
    inputSize: CountSchema,
    width: CountSchema,
    classCount: CountSchema,
    dropout: v.number(),
  }),
  classNames: v.pipe(v.array(v.string()), v.readonly()),
  /** The scores between neighbouring classes, ascending (spec.md eq. 16); none where classes came with the data. */
  classCuts: v.optional(v.pipe(v.array(v.number()), v.readonly())),
  /** Texts are cut here, special tokens included. */
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(2)),
});

/** `darse_heads.json`. */
export const SettingsFileSchema = v.strictObject({
  format: v.literal('darse-heads'),
  version: v.literal(1),
  /** Whether PEFT's two files belong to the folder: if they got lost, the heads alone would predict something else. */
  adapted: v.boolean(),
  ...HeadSettingsSchema.entries,
});

export type BaseModel = v.InferOutput<typeof BaseModelSchema>;

/** What Python's transformers loads the backbone by. */
export function pythonBase({ origin, nameOrPath }: BaseModel): string {
  return origin ?? nameOrPath;
}

export type HeadSettings = v.InferOutput<typeof HeadSettingsSchema>;

/** A tensor as the files hold it. */
export type StoredTensor = WritableTensor;

/** What an adapter folder holds. */
export interface AdapterFolder {
  /** None where only the heads were trained. */
  readonly modules: readonly AdapterModule[];
  /** Whether scales are alpha / √r instead of alpha / r. */
  readonly rsLora: boolean;
  /** The dropout the adapter was trained with; predictions do not use it. */
  readonly loraDropout: number;
  readonly settings: HeadSettings;
  /** By the names of `headShapes`. */
  readonly heads: ReadonlyMap<string, StoredTensor>;
}
