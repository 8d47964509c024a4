/** Bytes that a host can open: a file on disk, a dropped file in a page, a buffer in a test. Offsets and lengths are bytes. */
export interface ByteSource {
  /** What messages call it: the path or file name. */
  readonly name: string;
  readonly byteLength: number;
  /** The bytes [begin, end); never fewer. */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The whole content in order, in chunks of the host's choosing. */
  stream(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}
