/** Where a trained tensor lies in a flat array of parameters. */
export interface FactorSpan {
  readonly offset: number;
  readonly length: number;
}

/** A plain LoRA module's trained factors in a flat array of parameters: A [R, I] and B [O, R]. */
export interface FactorPair {
  readonly path: string;
  readonly a: FactorSpan;
  readonly b: FactorSpan;
}
