import type { TrialProgress } from '../../shared/history/trialProgress.ts';
import type { ResultJson } from '../../shared/trial/resultJson.ts';
import type { FromService, OpenedTraining } from '../../workers/page/trainingMessages.ts';
import type { RunSummary } from '../storage/runStore.ts';
import type { StorageUse } from '../storage/storageUse.ts';

/** All that the page shows. */
export interface SessionState {
  readonly stage: Stage;
  /** `reader`: another tab writes, this one looks on. */
  readonly role: 'starting' | 'writer' | 'reader';
  /** What the browser keeps, the newest first. */
  readonly stored: readonly RunSummary[];
  readonly storageUse: StorageUse | null;
  /** What is wrong with the storage, and what that means. */
  readonly storageTrouble: string | null;
}

/** Where this tab is with its one training. */
export type Stage =
  | { readonly kind: 'welcome' }
  /** The user's own file, its columns to be chosen. */
  | { readonly kind: 'data'; readonly file: File }
  | { readonly kind: 'opening'; readonly loading: Loading | null }
  | ({ readonly kind: 'training'; readonly asked: Asked } & Running)
  | ({ readonly kind: 'stopped' } & Running)
  | ({ readonly kind: 'finished'; readonly result: ResultJson } & Running)
  /** `running` is null where it did not begin. */
  | { readonly kind: 'failed'; readonly message: string; readonly running: Running | null };

export type StageOf<Kind extends Stage['kind']> = Extract<Stage, { kind: Kind }>;

export type Loading = Extract<FromService, { kind: 'loading' }>;

/** What the user asked of the training that runs. */
export type Asked = 'nothing' | 'pause' | 'paused' | 'stop' | 'cancel';

export interface Running {
  readonly opened: OpenedTraining;
  readonly progress: TrialProgress;
  /** How long the rest takes, in words. */
  readonly left: string;
  /** What went wrong beside the training. */
  readonly problems: readonly string[];
}

/** The training of a stage that has one. */
export function runningOf(stage: Stage): Running | null {
  if (stage.kind === 'failed') return stage.running;
  if (stage.kind === 'welcome' || stage.kind === 'data' || stage.kind === 'opening') return null;
  const { opened, progress, left, problems } = stage;
  return { opened, progress, left, problems };
}
