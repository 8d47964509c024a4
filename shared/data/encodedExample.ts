import type { Example } from './example.ts';

/** An example as the encoder sees it. */
export interface EncodedExample extends Example {
  /** Token ids with special tokens, cut to the longest allowed, not padded. */
  readonly ids: Int32Array;
  /** Names the example in random draws, whatever batch it is in: its place in its part. */
  readonly number: number;
}
