import { DarseError, type ErrorCode } from '../../shared/study/darseError.ts';

/** A result as plain data: errors keep their code on the way through a thread's border. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What a promise comes to, as an answer. */
export async function answer<Value>(promise: Promise<Value>): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    return { ok: false, ...failureOf(error) };
  }
}

/** The value of an answer; throws what it tells. */
export function valueOf<Value>(given: Answer<Value>): Value {
  if (given.ok) return given.value;
  throw new DarseError(given.code, given.message);
}

/** Code and message of an error; one that nobody foresaw is `internal`. */
export function failureOf(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof DarseError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
