import { describe, expect, it } from 'vitest';
import { longestInput, parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { DarseError } from '../../shared/study/darseError.ts';

const ROBERTA_BASE = {
  model_type: 'roberta',
  num_hidden_layers: 12,
  hidden_size: 768,
  num_attention_heads: 12,
  intermediate_size: 3072,
  vocab_size: 50265,
  max_position_embeddings: 514,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
  pad_token_id: 1,
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.2,
  hidden_act: 'gelu',
  architectures: ['RobertaForMaskedLM'],
};

function problemsOf(json: unknown): string[] {
  try {
    parseEncoderConfig(json, 'here/config.json');
  } catch (error) {
    if (!(error instanceof DarseError) || error.code !== 'input') throw error;
    const [heading, ...problems] = error.message.split('\n');
    expect(heading).toBe('here/config.json is not an encoder that DARSE can run:');
    return problems;
  }
  return [];
}

describe('config.json', () => {
  it('gives the sizes of a RoBERTa', () => {
    const config = parseEncoderConfig(ROBERTA_BASE);
    expect(config).toEqual({
      modelType: 'roberta',
      layerCount: 12,
      hiddenSize: 768,
      headCount: 12,
      intermediateSize: 3072,
      vocabularySize: 50265,
      positionCount: 514,
      tokenTypeCount: 1,
      layerNormEpsilon: 1e-5,
      padId: 1,
      hiddenDropout: 0.1,
      attentionDropout: 0.2,
    });
    expect(longestInput(config)).toBe(512);
  });

  it.each([
    ['bert', 0, 512],
    ['roberta', 1, 510],
  ])('of a %s may leave out what transformers has defaults for', (type, padId, longest) => {
    const config = parseEncoderConfig({
      model_type: type,
      num_hidden_layers: 2,
      hidden_size: 8,
      num_attention_heads: 2,
      intermediate_size: 16,
      vocab_size: 100,
      max_position_embeddings: 512,
    });
    expect(config).toMatchObject({ tokenTypeCount: 2, padId, layerNormEpsilon: 1e-12, hiddenDropout: 0.1 });
    expect(longestInput(config)).toBe(longest);
  });

  it('is refused with every entry that is missing, misfits or is not supported', () => {
    const { vocab_size: _, ...rest } = ROBERTA_BASE;
    const wrong = {
      ...rest,
      hidden_size: 770,
      num_hidden_layers: 1.5,
      intermediate_size: '3072',
      hidden_dropout_prob: 1,
      layer_norm_eps: 0,
      pad_token_id: -1,
      hidden_act: 'relu',
      position_embedding_type: 'relative_key',
      is_decoder: true,
    };
    expect(problemsOf(wrong)).toEqual([
      '  - hidden_act must be "gelu" (the exact GELU is the one activation DARSE computes), got "relu"',
      '  - position_embedding_type must be "absolute" (relative positions are not supported), got "relative_key"',
      '  - is_decoder must be false (an encoder reads texts in both directions), got true',
      '  - num_hidden_layers must be a whole number of at least 1, got 1.5',
      '  - intermediate_size must be a whole number of at least 1, got "3072"',
      '  - vocab_size must be a whole number of at least 1, got nothing',
      '  - layer_norm_eps must be above 0, got 0',
      '  - pad_token_id must be a token id, got -1',
      '  - hidden_dropout_prob must be in [0, 1), got 1',
      '  - hidden_size 770 must be a multiple of num_attention_heads 12',
    ]);
  });

  it('is not blamed for the proportion of sizes that are missing', () => {
    const { hidden_size: _, ...rest } = ROBERTA_BASE;
    expect(problemsOf(rest)).toEqual(['  - hidden_size must be a whole number of at least 1, got nothing']);
  });

  it('of another family is refused by name', () => {
    expect(problemsOf({ ...ROBERTA_BASE, model_type: 'gpt2' })).toEqual([
      '  - model_type must be "bert" or "roberta", got "gpt2"',
    ]);
  });

  it.each([null, [], 'roberta', 3, {}])('is refused where it is %j', (json) => {
    expect(problemsOf(json).length).toBeGreaterThan(6);
  });
});
