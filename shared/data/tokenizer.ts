import { Tokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { DarseError } from '../study/darseError.ts';
import { addedTokenSplitter } from './tokenizer/addedTokens.ts';
import { bertNormalizer } from './tokenizer/bertNormalizer.ts';
import { bertWords } from './tokenizer/bertWords.ts';
import { byteLevelWords } from './tokenizer/byteLevelWords.ts';
import { longestFirst } from './tokenizer/longestFirst.ts';
import { fillTemplate, templateLength, type TokenizedText } from './tokenizer/tokenTemplate.ts';
import { checkTokenizerJson, templateOf, type TokenizerJson } from './tokenizer/tokenizerJson.ts';

export interface TokenizerOptions {
  /** Whether `</s>`, `<mask>`, `[SEP]` … typed in a text become the model's special tokens, as they do in Python by default. */
  readonly specialTokensInText?: boolean;
}

/** Texts to the ids of a model's vocabulary. */
export interface TextTokenizer {
  /** The ids of a text between the model's special tokens, cut at the end to `maxTokens` in all (may be `Infinity`). */
  encode(text: string, maxTokens: number): TokenizedText;
  /** The same of two texts; the longer one is cut first. */
  encodePair(first: string, second: string, maxTokens: number): TokenizedText;
  readonly padId: number;
  readonly specialIds: ReadonlySet<number>;
  /** The number of rows an embedding table must have: the largest id + 1. */
  readonly vocabularySize: number;
}

/**
 * The tokenizer that a parsed `tokenizer.json` (WordPiece or BPE) and `tokenizer_config.json` describe. Its ids equal those of Python's
 * `tokenizers`; a lone surrogate counts as U+FFFD. The sections `truncation` and `padding` are not used: a caller says what it wants.
 *
 * The merging of pieces is the library's; splitting, normalising and framing are ours where the library strays from the original.
 * Throws `input` for files that do not fit, and from the encoders `usage` where `maxTokens` leaves no room for text.
 */
export function createTokenizer(
  tokenizerJson: unknown,
  tokenizerConfig: unknown,
  { specialTokensInText = false }: TokenizerOptions = {},
): TextTokenizer {
  const json = checkTokenizerJson(tokenizerJson);
  const template = templateOf(json.post_processor);
  const special = json.added_tokens.filter((token) => token.special);
  const idsOf = textEncoder(
    json,
    specialTokensInText ? json.added_tokens : json.added_tokens.filter((token) => !token.special),
  );
  return {
    encode(text, maxTokens) {
      const kept = roomForText(maxTokens, templateLength(template.single));
      return fillTemplate(template.single, idsOf(text).slice(0, kept));
    },
    encodePair(first, second, maxTokens) {
      const limit = roomForText(maxTokens, templateLength(template.pair));
      const [a, b] = [idsOf(first), idsOf(second)];
      const [keptA, keptB] = longestFirst(a.length, b.length, limit);
      return fillTemplate(template.pair, a.slice(0, keptA), b.slice(0, keptB));
    },
    padId: padIdOf(json, tokenizerConfig),
    specialIds: new Set([...special.map((token) => token.id), ...fillTemplate(template.single, []).ids]),
    vocabularySize:
      1 +
      [...Object.values(json.model.vocab), ...json.added_tokens.map(({ id }) => id)].reduce(
        (a, b) => Math.max(a, b),
        -1,
      ),
  };
}

function roomForText(maxTokens: number, specialTokens: number): number {
  if (maxTokens > specialTokens && (Number.isInteger(maxTokens) || maxTokens === Infinity))
    return maxTokens - specialTokens;
  throw new DarseError(
    'usage',
    `maxTokens must be a whole number above the ${specialTokens} special tokens, got ${maxTokens}`,
  );
}

/** A text to the ids of its tokens, without the model's frame; `addedTokens` are recognised in the text. */
function textEncoder(json: TokenizerJson, addedTokens: TokenizerJson['added_tokens']): (text: string) => number[] {
  const library = createLibraryTokenizer(json);
  const { model } = library;
  const normalize =
    json.normalizer?.type === 'BertNormalizer'
      ? bertNormalizer(json.normalizer)
      : (text: string) => library.normalizer?.(text) ?? text;
  const wordsOf = wordSplitter(json, library);
  const idOf = (piece: string) => {
    const id = model.tokens_to_ids.get(piece);
    if (id === undefined)
      throw new DarseError('input', `tokenizer.json: the vocabulary lacks ${JSON.stringify(piece)}`);
    return id;
  };

  const asTyped = addedTokens.filter((token) => !token.normalized);
  const asNormalised = addedTokens.filter((token) => token.normalized);
  const splitTyped = addedTokenSplitter(
    asTyped,
    asTyped.map(({ content }) => content),
  );
  const splitNormalised = addedTokenSplitter(
    asNormalised,
    asNormalised.map(({ content }) => normalize(content)),
  );

  return (text) => {
    const ids: number[] = [];
    for (const typed of splitTyped(text.replace(/\p{Surrogate}/gu, '\ufffd'))) {
      const sections = 'id' in typed ? [typed] : splitNormalised(normalize(typed.text));
      for (const section of sections) {
        if ('id' in section) ids.push(section.id);
        else for (const piece of model(wordsOf(section.text))) ids.push(idOf(piece));
      }
    }
    return ids;
  };
}

/** The library's tokenizer of the parts that we do not do ourselves. */
function createLibraryTokenizer({ normalizer, pre_tokenizer, model }: TokenizerJson): Tokenizer {
  const left = {
    normalizer: normalizer?.type === 'other' ? normalizer.section : null,
    pre_tokenizer: pre_tokenizer?.type === 'other' ? pre_tokenizer.section : null,
  };
  try {
    return new Tokenizer({ ...left, model, added_tokens: [], post_processor: null, decoder: null }, {});
  } catch (cause) {
    throw new DarseError('input', `tokenizer.json cannot be used: ${String(cause)}`, { cause });
  }
}

function wordSplitter({ pre_tokenizer: section }: TokenizerJson, library: Tokenizer): (text: string) => string[] {
  if (section?.type === 'BertPreTokenizer') return bertWords;
  if (section?.type === 'ByteLevel') return byteLevelWords(section);
  return (text) => library.pre_tokenizer?.(text) ?? [text];
}

const PadTokenSchema = v.object({ pad_token: v.union([v.string(), v.object({ content: v.string() })]) });

/** The id of the padding token: what the configuration, or else tokenizer.json's padding, names; else `<pad>` or `[PAD]`. */
function padIdOf(json: TokenizerJson, tokenizerConfig: unknown): number {
  const config = v.safeParse(PadTokenSchema, tokenizerConfig);
  const named = config.success ? config.output.pad_token : json.padding?.pad_token;
  const names = named === undefined ? ['<pad>', '[PAD]'] : [typeof named === 'string' ? named : named.content];
  for (const name of names) {
    const id = json.added_tokens.find((token) => token.content === name)?.id ?? json.model.vocab[name];
    if (id !== undefined) return id;
  }
  throw new DarseError('input', `tokenizer.json has no padding token ${names.join(' or ')}`);
}
