/**
 * The part of papaparse that DARSE uses. The path names the file because the types published for the bare name bring all
 * of Node's types with them, which would hide a slip of `shared/` into Node's world.
 */
declare module 'papaparse/papaparse.js' {
  interface ParseError {
    readonly type: string;
    readonly code: string;
    /** The index in `data` of the row it is about. */
    readonly row: number;
  }
  class Parser {
    constructor(config: { delimiter: string; newline: string });
    /** Splits the input into rows; with `ignoreLastRow` what follows the last line end is left for the next call. */
    parse(
      input: string,
      baseIndex: number,
      ignoreLastRow: boolean,
    ): {
      readonly data: string[][];
      readonly errors: readonly ParseError[];
      /** `cursor` stands behind the last row returned. */
      readonly meta: { readonly cursor: number };
    };
  }
  const Papa: {
    readonly Parser: typeof Parser;
    /** RFC 4180 text with CRLF between the lines and none after the last. */
    unparse(table: { fields: readonly string[]; data: readonly (readonly (string | number)[])[] }): string;
  };
  export default Papa;
}
