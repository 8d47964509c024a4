/** The parts of `@huggingface/tokenizers` that DARSE uses; the package's own types do not resolve as an ES module. */
declare module '@huggingface/tokenizers' {
  export class Tokenizer {
    constructor(tokenizerJson: object, tokenizerConfig: object);
    readonly normalizer: ((text: string) => string) | null;
    readonly pre_tokenizer: ((text: string) => string[]) | null;
    /** Words to the pieces of the vocabulary. */
    readonly model: ((words: string[]) => string[]) & { readonly tokens_to_ids: ReadonlyMap<string, number> };
  }
  export class ByteLevelPreTokenizer {
    constructor(options: { type: 'ByteLevel'; use_regex: boolean });
    pre_tokenize_text(text: string): string[];
  }
}
