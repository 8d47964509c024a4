import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Slot } from '../../shared/trial/slotCheckpoints.ts';
import type { ResultJson } from '../../shared/trial/resultJson.ts';
import type { OpenedTraining, OpenRequest } from '../../workers/page/trainingMessages.ts';

/** What the page keeps in IndexedDB. Runs are named by their key and the time they began. */
export interface PageSchema extends DBSchema {
  /** One entry per training: what it is and how to open it again, a file of the user's included. */
  runs: { key: string; value: StoredRun };
  /** A history's lines as `formatRecord` writes them, in the order of their numbers. */
  lines: { key: [run: string, number: number]; value: StoredLine };
  checkpoints: { key: [run: string, slot: Slot]; value: StoredCheckpoint };
  /** Of finished trainings. */
  results: { key: string; value: StoredResult };
}

export interface StoredRun {
  readonly id: string;
  readonly request: OpenRequest;
  readonly opened: OpenedTraining;
  /** ISO 8601. */
  readonly begunAt: string;
}

export interface StoredLine {
  readonly run: string;
  readonly number: number;
  readonly line: string;
}

export interface StoredCheckpoint {
  readonly run: string;
  readonly slot: Slot;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface StoredResult {
  readonly run: string;
  readonly result: ResultJson;
  /** What was trained: every tensor by name, as a safetensors file. */
  readonly trained: Uint8Array<ArrayBuffer>;
}

export type PageDatabase = IDBPDatabase<PageSchema>;

/** Steps from one version of the schema to the next; new ones are added, none is changed. */
const UPGRADES: readonly ((database: PageDatabase) => void)[] = [
  (database) => {
    database.createObjectStore('runs', { keyPath: 'id' });
    database.createObjectStore('lines', { keyPath: ['run', 'number'] });
    database.createObjectStore('checkpoints', { keyPath: ['run', 'slot'] });
    database.createObjectStore('results', { keyPath: 'run' });
  },
];

export interface OpenDatabaseOptions {
  /** Another for each test. */
  readonly name?: string;
  /** The database cannot be used any more, or not yet: why, and what to do. */
  readonly onTrouble?: (message: string) => void;
}

/** Opens the page's database, bringing an older one up to this version. */
export function openPageDatabase({ name = 'darse', onTrouble }: OpenDatabaseOptions = {}): Promise<PageDatabase> {
  return openDB<PageSchema>(name, UPGRADES.length, {
    upgrade(database, oldVersion) {
      for (const step of UPGRADES.slice(oldVersion)) step(database);
    },
    blocked: () => onTrouble?.('Another tab holds an older version of this page open: close it.'),
    blocking(_current, _wanted, event) {
      if (event.target instanceof IDBDatabase) event.target.close();
      onTrouble?.(
        'A newer version of this page was opened in another tab, or its data are being deleted: reload this one.',
      );
    },
    terminated: () => onTrouble?.('The browser closed the storage of this page: reload it.'),
  });
}
