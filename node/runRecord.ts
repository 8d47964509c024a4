import { join } from 'node:path';
import * as v from 'valibot';
import { DarseError } from '../shared/study/darseError.ts';
import type { TrainingSettings } from '../shared/trial/trainingFields.ts';
import { type TrialGround, TrialGroundSchema } from '../shared/trial/trialKey.ts';
import { readJsonObject } from './commandContext.ts';
import { packageVersion } from './packageVersion.mjs';
import { RUN_FILES, writeFolder } from './runFolder.ts';

/** What `run.json` keeps: all that `--resume` needs beside the checkpoint. */
const RunSchema = v.object({
  format: v.literal('darse-run'),
  version: v.literal(1),
  /** The version of DARSE that began it. */
  darse: v.string(),
  /** See `trialKey`. */
  key: v.string(),
  ground: TrialGroundSchema,
  settings: v.record(v.string(), v.unknown()),
});

export type RunRecord = v.InferOutput<typeof RunSchema>;

/** Writes `run.json`: from here on the folder can be resumed. */
export async function writeRunRecord(
  folder: string,
  key: string,
  ground: TrialGround,
  settings: TrainingSettings,
): Promise<void> {
  const record = { format: 'darse-run', version: 1, darse: packageVersion(), key, ground, settings };
  await writeFolder(folder, new Map([[RUN_FILES.run, `${JSON.stringify(record, null, 2)}\n`]]));
}

/** Reads `run.json`; an `input` error says why a folder cannot be resumed. */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, RUN_FILES.run);
  const parsed = v.safeParse(RunSchema, await readJsonObject(path));
  if (parsed.success) return parsed.output;
  throw new DarseError('input', `${path} is damaged, or was written by another version of DARSE`);
}

/** Throws `input` with what is no longer as it was when a run began: going on would train something else. */
export function checkSameRun(
  folder: string,
  saved: Pick<RunRecord, 'darse' | 'key' | 'ground'>,
  key: string,
  ground: TrialGround,
): void {
  if (saved.key === key) return;
  const changed = [
    ...(saved.ground.dataHash === ground.dataHash ? [] : ['the data']),
    ...(saved.ground.splitHash === ground.splitHash ? [] : ['the split']),
    ...(JSON.stringify(saved.ground.model) === JSON.stringify(ground.model) ? [] : ['the backbone']),
  ];
  const version = packageVersion();
  if (changed.length === 0) changed.push(`DARSE itself (${saved.darse} then, ${version} now)`);
  throw new DarseError(
    'input',
    `${changed.join(', ')} changed since ${folder} was begun: bring back what was, or train anew with another --out`,
  );
}
