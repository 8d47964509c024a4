import * as v from 'valibot';
import type { HistoryRecord } from './record.ts';
import type { TrialRecord } from './trialRecord.ts';

const KINDS: Readonly<Record<TrialRecord['kind'], true>> = {
  trialStarted: true,
  resumed: true,
  started: true,
  step: true,
  ranks: true,
  ranksUncut: true,
  epoch: true,
  testLook: true,
  stoppedEarly: true,
  interrupted: true,
  finished: true,
  failed: true,
};

/** A line's checksum says that DARSE wrote it, so its kind says its shape. */
const RecordSchema = v.custom<TrialRecord>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && Object.hasOwn(KINDS, String(value.kind)),
);

/** The records of a training's history; those of kinds that this version does not know are left out. */
export function readTrialRecords(records: readonly HistoryRecord[]): TrialRecord[] {
  return records.flatMap((record) => {
    const parsed = v.safeParse(RecordSchema, record);
    return parsed.success ? [parsed.output] : [];
  });
}
