import { readFileSync } from 'node:fs';
import { goldenPath } from './golden.ts';

/** A tokenizer of a few words, enough to be one. */
const TOKENIZER = {
  version: '1.0',
  added_tokens: [
    { id: 1, content: '<pad>', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  ],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: { '<s>': 0, '<pad>': 1, '</s>': 2, '<unk>': 3, good: 4, bad: 5 },
    unk_token: '<unk>',
  },
};

/** The files of a tiny RoBERTa in the Hugging Face layout, and some that DARSE has no use for. */
export function tinyModelFiles(): Map<string, Buffer> {
  return new Map([
    ['config.json', readFileSync(goldenPath('tiny-roberta', 'config.json'))],
    ['tokenizer.json', Buffer.from(JSON.stringify(TOKENIZER))],
    ['tokenizer_config.json', Buffer.from('{"model_max_length": 64}')],
    ['model.safetensors', readFileSync(goldenPath('tiny-roberta', 'model.safetensors'))],
    ['pytorch_model.bin', Buffer.alloc(1000, 1)],
    ['README.md', Buffer.from('# tiny')],
  ]);
}
