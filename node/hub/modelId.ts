/** A model on the hub: `org/name`, optionally `org/name@revision` (a branch, a tag or a commit). */
export interface ModelId {
  /** `org/name`. */
  readonly name: string;
  /** `main` where none was given. */
  readonly revision: string;
}

/** One part of a hub name: letters, digits, `-`, `_`, `.`; neither `--` nor `..`, no `-` or `.` at its ends. */
const PART = /^(?!.*(?:--|\.\.))\w(?:[\w.-]{0,94}\w)?$/;
/** What git allows in a name and a folder can hold without leaving it. */
const REVISION = /^(?!.*\.\.)\w[\w./-]*$/;

/** Reads `org/name[@revision]`; null where the text cannot be a hub id. */
export function parseModelId(text: string): ModelId | null {
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? 'main' : text.slice(at + 1);
  const parts = name.split('/');
  const valid = parts.length === 2 && parts.every((part) => PART.test(part)) && REVISION.test(revision);
  return valid ? { name, revision } : null;
}

/** The folder of a model in the cache: `models--org--name`. */
export function modelFolderName(name: string): string {
  return `models--${name.replace('/', '--')}`;
}

/** A full commit id: 40 hexadecimal digits. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
