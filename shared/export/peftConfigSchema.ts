import * as v from 'valibot';

/** A setting whose other values change what the weights mean. */
const unset = v.nullish(v.null());

/** What an `adapter_config.json` must say for its weights to be a plain LoRA; entries that predictions do not need are ignored. */
export const PeftConfigSchema = v.object({
  peft_type: v.literal('LORA'),
  r: v.pipe(v.number(), v.integer(), v.minValue(1)),
  lora_alpha: v.number(),
  lora_dropout: v.optional(v.number(), 0),
  target_modules: v.array(v.string()),
  rank_pattern: v.optional(v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1))), {}),
  alpha_pattern: v.optional(v.record(v.string(), v.number()), {}),
  use_rslora: v.optional(v.boolean(), false),
  init_lora_weights: v.optional(v.literal(true), true),
  bias: v.optional(v.literal('none'), 'none'),
  use_dora: v.optional(v.literal(false), false),
  lora_bias: v.optional(v.literal(false), false),
  fan_in_fan_out: v.optional(v.literal(false), false),
  modules_to_save: unset,
  layer_replication: unset,
  target_parameters: unset,
  trainable_token_indices: unset,
  alora_invocation_tokens: unset,
});

/** The settings of a plain LoRA in PEFT's words. */
export type PeftConfig = v.InferOutput<typeof PeftConfigSchema>;
