/** One piece of what a model reads: fixed special tokens, or the tokens of the first (A) or second (B) text. */
export type TemplatePart =
  | { readonly ids: readonly number[]; readonly typeId: number }
  | { readonly text: 'A' | 'B'; readonly typeId: number };

/** How one text, and how two, stand among the model's special tokens. */
export interface TokenTemplate {
  readonly single: readonly TemplatePart[];
  readonly pair: readonly TemplatePart[];
}

/** What a model reads: token ids and, for each, the segment it belongs to (BERT's `token_type_ids`). */
export interface TokenizedText {
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
}

/** How many tokens a template adds by itself. */
export function templateLength(template: readonly TemplatePart[]): number {
  return template.reduce((sum, part) => sum + ('ids' in part ? part.ids.length : 0), 0);
}

/** The template with the tokens of the texts put in. */
export function fillTemplate(
  template: readonly TemplatePart[],
  a: readonly number[],
  b: readonly number[] = [],
): TokenizedText {
  const ids: number[] = [];
  const typeIds: number[] = [];
  for (const part of template) {
    const partIds = 'ids' in part ? part.ids : part.text === 'A' ? a : b;
    for (const id of partIds) {
      ids.push(id);
      typeIds.push(part.typeId);
    }
  }
  return { ids: Int32Array.from(ids), typeIds: Int32Array.from(typeIds) };
}
