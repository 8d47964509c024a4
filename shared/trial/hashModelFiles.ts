/** A SHA-256 in progress: the host's own, which may be faster than `createSha256`. */
export interface HashInProgress {
  update(data: Uint8Array | string): unknown;
}

/** A file by name, read in order. */
export interface HashedFile {
  readonly name: string;
  readonly stream: () => AsyncIterable<Uint8Array>;
}

/** The files of a model folder that training depends on. */
export function isModelFile(name: string): boolean {
  return /\.(safetensors|json)$/.test(name);
}

/** Feeds a hash what tells one backbone from another: each file's name, a newline and its bytes, in the order of the names. */
export async function hashModelFiles(files: readonly HashedFile[], hash: HashInProgress): Promise<void> {
  for (const { name, stream } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\n`);
    for await (const bytes of stream()) hash.update(bytes);
  }
}
