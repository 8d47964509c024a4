import type { ClassBalance } from '../../shared/data/classBalance.ts';
import type { LengthHistogram } from '../../shared/data/lengthHistogram.ts';
import type { TablePreview } from '../../shared/data/previewTable.ts';
import type { PredictedText } from '../../shared/export/predictionsCsv.ts';
import type { RunHeader } from '../../shared/history/runHeader.ts';
import type { TrialRecord } from '../../shared/history/trialRecord.ts';
import type { ResultJson } from '../../shared/trial/resultJson.ts';
import type { ToldEvent } from '../../shared/trial/trialEvent.ts';
import type { Slot } from '../../shared/trial/slotCheckpoints.ts';
import type { Answer } from './answer.ts';

/** A training to open: all it depends on. */
export interface OpenRequest {
  /** The version of DARSE. */
  readonly darse: string;
  /** The folder of a model in the Hugging Face layout, its address ending in a slash. */
  readonly model: { readonly name: string; readonly url: string };
  readonly data: DataFile;
  /** Fields of `TRAINING_FIELDS`; the others have their defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A data file of this site, or one that the user gave. */
export type DataFile = { readonly name: string; readonly url: string } | { readonly name: string; readonly blob: Blob };

/** A training that can begin, and what its user wants to see before. */
export interface OpenedTraining {
  readonly header: RunHeader;
  /** Of the training part. */
  readonly balance: ClassBalance;
  /** Of the training part. */
  readonly lengths: LengthHistogram;
}

/** What each of the two slots holds. */
export type KeptCheckpoints = readonly [Uint8Array<ArrayBuffer> | undefined, Uint8Array<ArrayBuffer> | undefined];

/** A data file read whole with the chosen columns and found good. */
export interface InspectedData {
  readonly balance: ClassBalance;
  readonly lengths: LengthHistogram;
}

export type TrainingEnd =
  /** `trained`: every tensor by name, as a safetensors file. */
  | { readonly kind: 'finished'; readonly result: ResultJson; readonly trained: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'stopped'; readonly step: number };

/** What a user may wish of a training that runs; it is heard after the step that is being computed. */
export type Wish = 'save' | 'pause' | 'resume' | 'stop';

/** What the worker of a page does when called. */
export interface TrainingService {
  /** Answers as soon as the worker's thread is free: a sign of life. */
  alive(): true;
  /** The columns and first rows of a data file. */
  preview(file: DataFile): Promise<Answer<TablePreview>>;
  /** Reads all rows with the settings' columns; every problem of the file is one error. */
  inspect(request: OpenRequest, port: MessagePort): Promise<Answer<InspectedData>>;
  /** Loads what the training needs and is not here yet. */
  open(request: OpenRequest, port: MessagePort): Promise<Answer<OpenedTraining>>;
  /** Trains what was opened, from the newest whole one of the given checkpoints on. */
  train(checkpoints: KeptCheckpoints, port: MessagePort): Promise<Answer<TrainingEnd>>;
  wish(wish: Wish): void;
  /** Makes what an earlier session trained ready to judge texts. */
  restore(request: OpenRequest, trained: Uint8Array<ArrayBuffer>, port: MessagePort): Promise<Answer<true>>;
  /** Judges texts with what the last finished or restored training trained. */
  predict(texts: readonly string[]): Promise<Answer<readonly PredictedText[]>>;
}

/** What the worker tells through the port of a call while it runs. */
export type FromService =
  /** Bytes, of which `done` are here. */
  | { readonly kind: 'loading'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'record'; readonly record: TrialRecord | Extract<ToldEvent, { kind: 'evaluating' }> }
  /** To be kept; the training waits for `kept`. */
  | { readonly kind: 'checkpoint'; readonly slot: Slot; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Saved and held until `resume` or `stop`. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'problem'; readonly message: string }
  /** All is told: ports do not keep the order of messages between one another. */
  | { readonly kind: 'end' };

/** What the page tells through the port of `train`. */
export type ToService = { readonly kind: 'kept' };
