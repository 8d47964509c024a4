import type { HistoryRecord } from './record.ts';

/** A history opened for appending, on whatever keeps it. */
export interface OpenHistory {
  /** Those that were there, oldest first. */
  readonly records: readonly HistoryRecord[];
  /** What was skipped of them, with its number. */
  readonly problems: readonly string[];
  /** It is kept when the promise is fulfilled. */
  append(record: HistoryRecord): Promise<void>;
  close(): Promise<void>;
}
