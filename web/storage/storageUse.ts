/** How the browser keeps the page's data. */
export interface StorageUse {
  readonly usedBytes: number;
  /** What the browser would give at most. */
  readonly quotaBytes: number;
  /** Whether the browser has promised not to clear it by itself. */
  readonly isPersistent: boolean;
}

export async function storageUse(): Promise<StorageUse> {
  const [{ usage = 0, quota = 0 }, isPersistent] = await Promise.all([
    navigator.storage.estimate(),
    navigator.storage.persisted(),
  ]);
  return { usedBytes: usage, quotaBytes: quota, isPersistent };
}
