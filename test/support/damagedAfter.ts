/** A checkpoint's file with its last byte changed where it was written after step `step`. */
export function damagedAfter(bytes: Uint8Array, step: number): Uint8Array {
  const header = new TextDecoder().decode(bytes.subarray(0, 2000));
  const written = Number(/\\"step\\":(\d+)/.exec(header)?.[1]);
  const changed = Uint8Array.from(bytes);
  const last = changed.length - 1;
  if (written > step) changed[last] = (changed[last] ?? 0) ^ 1;
  return changed;
}
