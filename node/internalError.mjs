/**
 * What a person is told of an error that nobody foresaw: one line, not the stack, which `DARSE_DEBUG=1` shows.
 * @param {unknown} error
 * @returns {string}
 */
export function internalErrorText(error) {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const debug = (process.env['DARSE_DEBUG'] ?? '') !== '';
  return debug && stack
    ? stack
    : `something went wrong inside DARSE: ${message}\nThis should not happen. With DARSE_DEBUG=1 set it says where; please report it with that.`;
}
