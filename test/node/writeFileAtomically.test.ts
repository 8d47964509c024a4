import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomically } from '../../node/writeFileAtomically.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'darse-write-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

async function* pieces(...parts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield new TextEncoder().encode(part);
  }
}

describe('writing a file', () => {
  it('puts texts, bytes and streams in place of what was there and leaves nothing else', async () => {
    const path = join(folder, 'a');
    for (const [content, expected] of [
      ['eins', 'eins'],
      [Uint8Array.of(0x7a, 0x77), 'zw'],
      [pieces('dr', 'ei'), 'drei'],
      [pieces(), ''],
    ] as const) {
      await writeFileAtomically(path, content);
      expect(readFileSync(path, 'utf8')).toBe(expected);
    }
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('keeps the old file whole when the content fails half-way, and says why', async () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    await expect(writeFileAtomically(path, pieces('new', new Error('no more')))).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('lets two writers of one path each write a whole file', async () => {
    const path = join(folder, 'a');
    await Promise.all([writeFileAtomically(path, 'x'.repeat(100_000)), writeFileAtomically(path, 'y'.repeat(100_000))]);
    expect(readFileSync(path, 'utf8')).toMatch(/^(x{100000}|y{100000})$/);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it.each([
    ['missing/a', 'no such file or folder'],
    ['', ''], // the folder itself
  ])('tells in words why %j cannot be written', async (name, reason) => {
    const failure: unknown = await writeFileAtomically(join(folder, name), 'x').catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'file',
      message: expect.stringContaining(`cannot write ${join(folder, name)}: ${reason}`),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
