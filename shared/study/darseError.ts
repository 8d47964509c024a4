/** Every way DARSE can refuse or fail; scripts may rely on these words. */
export const ERROR_CODES = [
  /** A flag, a field of `--config` or a value given to a function is not allowed. */
  'usage',
  /** A data, split, model or adapter file is not there or wrong; the message lists every problem found. */
  'input',
  /** A file or folder cannot be read or written. */
  'file',
  /** A download failed or what came is not what was announced. */
  'download',
  /** No engine of the wanted name works here. */
  'engine',
  /** Training produced a value that is not finite. */
  'notFinite',
  /** A promise of the program itself was broken: a bug. */
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error type of DARSE: the message says what was found, what is allowed and what to do. */
export class DarseError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DarseError';
    this.code = code;
  }
}

/** The most problems listed one by one in a message; the rest are counted. */
export const LISTED_PROBLEMS = 20;

/**
 * One error for all problems of an input, each on its own line, so that a user mends them in one go. `count` is their
 * number where only the first ones were kept.
 */
export function problemsError(
  code: ErrorCode,
  heading: string,
  problems: readonly string[],
  count = problems.length,
): DarseError {
  const listed = problems.slice(0, LISTED_PROBLEMS).map((problem) => `  - ${problem}`);
  const rest = count - listed.length;
  if (rest > 0) listed.push(`  … and ${rest} more`);
  return new DarseError(code, [heading, ...listed].join('\n'));
}
