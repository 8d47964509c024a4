import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import type { Pooling } from '../../shared/heads/pooling.ts';

/** Encoders as their `config.json` has them: the shapes count, the weights are made up. */
const ENCODERS = {
  'minilm-l6': {
    model_type: 'bert',
    hidden_size: 384,
    num_hidden_layers: 6,
    num_attention_heads: 12,
    intermediate_size: 1536,
    vocab_size: 30522,
    max_position_embeddings: 512,
  },
  'roberta-base': {
    model_type: 'roberta',
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    vocab_size: 50265,
    max_position_embeddings: 514,
    type_vocab_size: 1,
    pad_token_id: 1,
    layer_norm_eps: 1e-5,
  },
  'roberta-large': {
    model_type: 'roberta',
    hidden_size: 1024,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    intermediate_size: 4096,
    vocab_size: 50265,
    max_position_embeddings: 514,
    type_vocab_size: 1,
    pad_token_id: 1,
    layer_norm_eps: 1e-5,
  },
} as const;

/** A training step to be timed: the same for DARSE and for PyTorch + PEFT. */
export interface Work {
  readonly encoder: keyof typeof ENCODERS;
  readonly batch: number;
  /** Per text; none is padding. */
  readonly tokens: number;
  readonly pooling: Pooling;
  /** Everywhere: hidden and attention dropout of the backbone, of the adapters, of the class head. */
  readonly dropout: number;
}

/** Of LoRA on query and value, and of both heads. */
export const RANK = 8;
export const HEAD_WIDTH = 128;

export function workName({ encoder, batch, tokens, pooling, dropout }: Work): string {
  return `${encoder} batch ${batch} T ${tokens} pooling ${pooling} dropout ${dropout === 0 ? 'off' : dropout}`;
}

/** The encoder's `config.json`. */
export function configJson({ encoder, dropout }: Work): Record<string, unknown> {
  return { ...ENCODERS[encoder], hidden_dropout_prob: dropout, attention_probs_dropout_prob: dropout };
}

export function encoderConfig(work: Work) {
  return parseEncoderConfig(configJson(work), work.encoder);
}
