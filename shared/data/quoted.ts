/** The most characters of a user's value that a message repeats. */
const SHOWN_CHARACTERS = 40;

/** A value of a user's file as a message shows it: on one line, cut when long. */
export function quoted(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);
}
