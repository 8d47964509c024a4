import { sha256Hex } from '../study/sha256.ts';

/** One line of history: plain data with a kind and the version of the format. */
export interface HistoryRecord {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export const HISTORY_VERSION = 1;

/** Hexadecimal digits of a line's checksum: the head of the SHA-256 of the line without it. */
const CHECKSUM_DIGITS = 8;

/** A record as one JSON line with version and checksum; no newline. */
export function formatRecord(record: HistoryRecord): string {
  const body = JSON.stringify({ v: HISTORY_VERSION, ...record });
  return `${body.slice(0, -1)},"sum":"${sum(body)}"}`;
}

export interface ReadHistory {
  readonly records: readonly HistoryRecord[];
  /** What was skipped, with line numbers. */
  readonly problems: readonly string[];
}

/** Reads lines of `formatRecord`: damaged ones are skipped and told, a torn last one is cut off and told. */
export function parseHistory(text: string): ReadHistory {
  const records: HistoryRecord[] = [];
  const problems: string[] = [];
  const wholeLength = text.lastIndexOf('\n') + 1;
  if (wholeLength < text.length)
    problems.push(`the last line was torn and is cut off (${text.length - wholeLength} characters)`);
  text
    .slice(0, wholeLength)
    .split('\n')
    .slice(0, -1)
    .forEach((line, index) => {
      const record = parseRecord(line);
      if (typeof record === 'string') problems.push(`line ${index + 1} is skipped: ${record}`);
      else records.push(record);
    });
  return { records, problems };
}

function parseRecord(line: string): HistoryRecord | string {
  const match = /^(.*),"sum":"([0-9a-f]+)"\}$/s.exec(line);
  const body = match ? `${match[1]}}` : '';
  if (!match || sum(body) !== match[2]) return 'its checksum does not fit';
  const record: unknown = JSON.parse(body);
  if (typeof record !== 'object' || record === null || !('v' in record) || record.v !== HISTORY_VERSION) {
    return 'it is of another version of DARSE';
  }
  return 'kind' in record && typeof record.kind === 'string' ? { ...record, kind: record.kind } : 'it has no kind';
}

function sum(body: string): string {
  return sha256Hex(body).slice(0, CHECKSUM_DIGITS);
}
