import { openPageDatabase } from '../storage/pageDatabase.ts';
import { createRunStore, type RunStore } from '../storage/runStore.ts';
import { takeTurns, type WritingTab } from '../storage/writingTab.ts';

/** What keeps the page's trainings, and which tab writes. */
export interface PageStorage {
  /** null where the browser keeps nothing. */
  readonly store: RunStore | null;
  readonly tab: WritingTab;
}

export interface StorageEvents {
  readonly onRole: (role: 'writer' | 'reader') => void;
  /** Another tab has written. */
  readonly onWritten: () => void;
  readonly onTrouble: (message: string) => void;
}

/** Opens the storage of the page; where the browser has none, that is told and trainings live in memory. */
export async function openStorage({ onRole, onWritten, onTrouble }: StorageEvents): Promise<PageStorage> {
  let store: RunStore | null = null;
  try {
    store = createRunStore(await openPageDatabase({ onTrouble }), () => new Date());
  } catch (error) {
    onTrouble(`This browser keeps nothing of this page (${String(error)}): a training is lost when the tab is closed.`);
  }
  const tab = takeTurns({ onWriter: () => onRole('writer'), onReader: () => onRole('reader'), onWritten });
  return { store, tab };
}
