/** The value of 16 bits as IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const FLOAT16_VALUES = Float32Array.from({ length: 0x1_0000 }, (_, bits) => float16Value(bits));

/** Little-endian float16 bytes to `values` from element `at` on. */
export function decodeFloat16(bytes: Uint8Array, values: Float32Array, at: number): void {
  for (let i = 0; i < bytes.length; i += 2) values[at++] = FLOAT16_VALUES[bytes[i]! | (bytes[i + 1]! << 8)]!;
}

/** Little-endian bfloat16 bytes (the upper half of a float32) to `values` from element `at` on. */
export function decodeBfloat16(bytes: Uint8Array, values: Float32Array, at: number): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bytes.length; i += 2) bits[at++] = (bytes[i]! << 16) | (bytes[i + 1]! << 24);
}
