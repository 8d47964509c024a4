import { expect, it } from 'vitest';
import { decodeBfloat16, decodeFloat16 } from '../../shared/encoder/halfFloat.ts';

/** All 65,536 patterns, little-endian. */
const PATTERNS = Uint8Array.from({ length: 0x2_0000 }, (_, i) => (i % 2 === 0 ? (i / 2) & 0xff : ((i - 1) / 2) >> 8));

it('decodes every float16 as the digits of its bits say', () => {
  const values = new Float32Array(0x1_0000);
  decodeFloat16(PATTERNS, values, 0);
  for (let bits = 0; bits < 0x1_0000; bits++) {
    // Independent: the bits as text, the fraction summed digit by digit.
    const digits = bits.toString(2).padStart(16, '0');
    const exponent = Number.parseInt(digits.slice(1, 6), 2);
    let magnitude = exponent === 0 ? 0 : 1;
    for (let i = 0; i < 10; i++) if (digits[6 + i] === '1') magnitude += 0.5 ** (i + 1);
    magnitude *= 2 ** (Math.max(exponent, 1) - 15);
    if (exponent === 31) magnitude = digits.slice(6).includes('1') ? Number.NaN : Infinity;
    expect(
      Object.is(values[bits], digits[0] === '1' ? -magnitude : magnitude),
      `0x${bits.toString(16)} gave ${values[bits]}`,
    ).toBe(true);
  }
});

it('decodes every bfloat16 as the digits of its bits say', () => {
  const values = new Float32Array(0x1_0000);
  decodeBfloat16(PATTERNS, values, 0);
  for (let bits = 0; bits < 0x1_0000; bits++) {
    const digits = bits.toString(2).padStart(16, '0');
    const exponent = Number.parseInt(digits.slice(1, 9), 2);
    let magnitude = exponent === 0 ? 0 : 1;
    for (let i = 0; i < 7; i++) if (digits[9 + i] === '1') magnitude += 0.5 ** (i + 1);
    magnitude *= 2 ** (Math.max(exponent, 1) - 127);
    if (exponent === 255) magnitude = digits.slice(9).includes('1') ? Number.NaN : Infinity;
    expect(
      Object.is(values[bits], digits[0] === '1' ? -magnitude : magnitude),
      `0x${bits.toString(16)} gave ${values[bits]}`,
    ).toBe(true);
  }
});

it('writes from the element it is told, also into a part of a buffer', () => {
  const whole = new Float32Array(6);
  decodeFloat16(Uint8Array.of(0, 0x3c), whole.subarray(1, 5), 2);
  decodeBfloat16(Uint8Array.of(0, 0xc0), whole.subarray(1, 5), 3);
  expect([...whole]).toEqual([0, 0, 0, 1, -2, 0]);
});
