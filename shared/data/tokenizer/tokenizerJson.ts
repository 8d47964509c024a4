import * as v from 'valibot';
import { problemsError } from '../../study/darseError.ts';
import type { TokenTemplate } from './tokenTemplate.ts';

const TokenIdSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0x7fff_ffff));

const AddedTokenSchema = v.object({
  id: TokenIdSchema,
  content: v.pipe(v.string(), v.nonEmpty()),
  single_word: v.optional(v.boolean(), false),
  lstrip: v.optional(v.boolean(), false),
  rstrip: v.optional(v.boolean(), false),
  normalized: v.optional(v.boolean(), false),
  special: v.optional(v.boolean(), false),
});

/** A section that is left to the library. */
const OtherSchema = v.pipe(
  v.looseObject({ type: v.string() }),
  v.transform((section) => ({ type: 'other' as const, section })),
);

const NormalizerSchema = v.union([
  v.object({
    type: v.literal('BertNormalizer'),
    clean_text: v.optional(v.boolean(), true),
    handle_chinese_chars: v.optional(v.boolean(), true),
    strip_accents: v.optional(v.nullable(v.boolean()), null),
    lowercase: v.optional(v.boolean(), true),
  }),
  OtherSchema,
]);

const PreTokenizerSchema = v.union([
  v.object({ type: v.literal('BertPreTokenizer') }),
  v.object({
    type: v.literal('ByteLevel'),
    add_prefix_space: v.optional(v.boolean(), true),
    use_regex: v.optional(v.boolean(), true),
  }),
  OtherSchema,
]);

const TypeIdSchema = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0);
const TemplatePieceSchema = v.union([
  v.object({ SpecialToken: v.object({ id: v.string(), type_id: TypeIdSchema }) }),
  v.object({ Sequence: v.object({ id: v.picklist(['A', 'B']), type_id: TypeIdSchema }) }),
]);
const NamedTokenSchema = v.tuple([v.string(), TokenIdSchema]);

const PostProcessorSchema = v.variant('type', [
  v.object({
    type: v.literal('TemplateProcessing'),
    single: v.array(TemplatePieceSchema),
    pair: v.array(TemplatePieceSchema),
    special_tokens: v.record(v.string(), v.object({ ids: v.array(TokenIdSchema) })),
  }),
  v.object({ type: v.picklist(['BertProcessing', 'RobertaProcessing']), sep: NamedTokenSchema, cls: NamedTokenSchema }),
  v.object({ type: v.literal('ByteLevel') }),
]);
type PostProcessor = v.InferOutput<typeof PostProcessorSchema>;

const TokenizerJsonSchema = v.object({
  added_tokens: v.optional(v.array(AddedTokenSchema), []),
  normalizer: v.optional(v.nullable(NormalizerSchema), null),
  pre_tokenizer: v.optional(v.nullable(PreTokenizerSchema), null),
  post_processor: v.optional(v.nullable(PostProcessorSchema), null),
  padding: v.optional(v.nullable(v.looseObject({ pad_token: v.optional(v.string()) })), null),
  model: v.pipe(
    v.looseObject({
      type: v.optional(v.picklist(['WordPiece', 'BPE'])),
      vocab: v.record(v.string(), TokenIdSchema),
      unk_token: v.optional(v.nullable(v.string()), null),
    }),
    // Older files leave the type out.
    v.transform((model) => ({ ...model, type: model.type ?? ('merges' in model ? 'BPE' : 'WordPiece') })),
  ),
});

/** A checked tokenizer.json of a WordPiece or BPE tokenizer. */
export type TokenizerJson = v.InferOutput<typeof TokenizerJsonSchema>;

/** Checks a parsed tokenizer.json; an `input` error lists every field that is wrong. */
export function checkTokenizerJson(value: unknown): TokenizerJson {
  const result = v.safeParse(TokenizerJsonSchema, value);
  const problems = result.issues?.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`) ?? [];
  if (!result.success)
    throw problemsError('input', 'tokenizer.json does not describe a BERT or RoBERTa tokenizer:', problems);
  problems.push(...unknownNames(result.output));
  if (problems.length > 0)
    throw problemsError('input', 'tokenizer.json names tokens that it does not define:', problems);
  return result.output;
}

function unknownNames({ model, post_processor }: TokenizerJson): string[] {
  const problems: string[] = [];
  if (model.type === 'WordPiece' && (model.unk_token === null || model.vocab[model.unk_token] === undefined)) {
    problems.push(`model.unk_token ${JSON.stringify(model.unk_token)} is not in the vocabulary`);
  }
  if (post_processor?.type === 'TemplateProcessing') {
    for (const piece of [...post_processor.single, ...post_processor.pair]) {
      if ('SpecialToken' in piece && post_processor.special_tokens[piece.SpecialToken.id] === undefined) {
        problems.push(`post_processor.special_tokens lacks ${JSON.stringify(piece.SpecialToken.id)}`);
      }
    }
  }
  return problems;
}

/** The special tokens around one text and around two, as the section `post_processor` says. */
export function templateOf(postProcessor: PostProcessor | null): TokenTemplate {
  const first = { text: 'A', typeId: 0 } as const;
  const second = { text: 'B', typeId: 1 } as const;
  if (postProcessor === null || postProcessor.type === 'ByteLevel') return { single: [first], pair: [first, second] };
  if (postProcessor.type === 'TemplateProcessing') {
    const { single, pair, special_tokens: tokens } = postProcessor;
    const partOf = (piece: v.InferOutput<typeof TemplatePieceSchema>) =>
      'SpecialToken' in piece
        ? { ids: tokens[piece.SpecialToken.id]?.ids ?? [], typeId: piece.SpecialToken.type_id }
        : { text: piece.Sequence.id, typeId: piece.Sequence.type_id };
    return { single: single.map(partOf), pair: pair.map(partOf) };
  }
  const cls = { ids: [postProcessor.cls[1]], typeId: 0 };
  const sep = (typeId: number, times = 1) => ({
    ids: Array.from({ length: times }, () => postProcessor.sep[1]),
    typeId,
  });
  const single = [cls, first, sep(0)];
  return postProcessor.type === 'BertProcessing'
    ? { single, pair: [...single, second, sep(1)] }
    : { single, pair: [cls, first, sep(0, 2), { text: 'B', typeId: 0 }, sep(0)] };
}
