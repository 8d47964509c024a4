import { problemsError } from '../study/darseError.ts';

/** The shape of a BERT or RoBERTa encoder, as its `config.json` states it. */
export interface EncoderConfig {
  readonly modelType: 'bert' | 'roberta';
  readonly layerCount: number;
  /** D. */
  readonly hiddenSize: number;
  readonly headCount: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  /** Rows of the position table; RoBERTa uses the first `padId + 1` of them for nothing. */
  readonly positionCount: number;
  readonly tokenTypeCount: number;
  readonly layerNormEpsilon: number;
  readonly padId: number;
  /** The dropout rates the backbone was trained with. */
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
}

const MODEL_TYPES = ['bert', 'roberta'] as const;

/** Reads `config.json` of the Hugging Face layout; every missing, misfitting or unsupported entry is named in one error. */
export function parseEncoderConfig(json: unknown, name = 'config.json'): EncoderConfig {
  const problems: string[] = [];
  const entries: ReadonlyMap<string, unknown> = new Map(
    typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : [],
  );
  const number = (key: string, allowed: (value: number) => boolean, wanted: string, fallback?: number): number => {
    const value = entries.get(key) ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value) && allowed(value)) return value;
    problems.push(`${key} must be ${wanted}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
    return Number.NaN;
  };
  const count = (key: string, fallback?: number) =>
    number(key, (value) => Number.isInteger(value) && value >= 1, 'a whole number of at least 1', fallback);
  const rate = (key: string) => number(key, (value) => value >= 0 && value < 1, 'in [0, 1)', 0.1);
  const only = (key: string, fallback: string | boolean, reason: string) => {
    const value = entries.get(key) ?? fallback;
    if (value === fallback) return;
    problems.push(`${key} must be ${JSON.stringify(fallback)} (${reason}), got ${JSON.stringify(value)}`);
  };

  const modelType = MODEL_TYPES.find((type) => type === entries.get('model_type'));
  if (!modelType) {
    problems.push(
      `model_type must be ${MODEL_TYPES.map((type) => `"${type}"`).join(' or ')}, got ${JSON.stringify(entries.get('model_type') ?? null)}`,
    );
  }
  only('hidden_act', 'gelu', 'the exact GELU is the one activation DARSE computes');
  only('position_embedding_type', 'absolute', 'relative positions are not supported');
  only('is_decoder', false, 'an encoder reads texts in both directions');
  const config: EncoderConfig = {
    modelType: modelType ?? 'bert',
    layerCount: count('num_hidden_layers'),
    hiddenSize: count('hidden_size'),
    headCount: count('num_attention_heads'),
    intermediateSize: count('intermediate_size'),
    vocabularySize: count('vocab_size'),
    positionCount: count('max_position_embeddings'),
    tokenTypeCount: count('type_vocab_size', 2),
    layerNormEpsilon: number('layer_norm_eps', (value) => value > 0, 'above 0', 1e-12),
    padId: number(
      'pad_token_id',
      (value) => Number.isInteger(value) && value >= 0,
      'a token id',
      modelType === 'roberta' ? 1 : 0,
    ),
    hiddenDropout: rate('hidden_dropout_prob'),
    attentionDropout: rate('attention_probs_dropout_prob'),
  };
  if (config.hiddenSize % config.headCount > 0) {
    problems.push(`hidden_size ${config.hiddenSize} must be a multiple of num_attention_heads ${config.headCount}`);
  }
  if (problems.length > 0) throw problemsError('input', `${name} is not an encoder that DARSE can run:`, problems);
  return config;
}

/** The most tokens a text may have, special tokens included: RoBERTa's positions start at `padId + 1`. */
export function longestInput(config: EncoderConfig): number {
  return config.modelType === 'roberta' ? config.positionCount - config.padId - 1 : config.positionCount;
}
