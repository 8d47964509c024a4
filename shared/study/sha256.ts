import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A SHA-256 in progress (FIPS 180-4); strings count as their UTF-8 bytes. */
export interface Sha256 {
  update(data: Uint8Array | string): Sha256;
  /** The 64 lower-case hexadecimal digits of all that was given; ends the computation. */
  digestHex(): string;
}

/** A new SHA-256, for what comes in pieces. */
export function createSha256(): Sha256 {
  const hash = sha256.create();
  const self: Sha256 = {
    update(data) {
      hash.update(asBytes(data));
      return self;
    },
    digestHex: () => bytesToHex(hash.digest()),
  };
  return self;
}

/** The SHA-256 of bytes, or of a text's UTF-8 bytes, in 64 lower-case hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(asBytes(data)));
}

function asBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? utf8ToBytes(data) : data;
}
