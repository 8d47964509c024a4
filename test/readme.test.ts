import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

it('lists every source file with a phrase, and none that is not there', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const block = /## Files[\s\S]*?```\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const folders: string[] = [];
  const listed: string[] = [];
  for (const line of block.split('\n').filter((text) => text.trim() !== '')) {
    const [, indent = '', name = '', phrase = ''] = /^( *)(\S+)\s*(.*)$/.exec(line) ?? [];
    const depth = indent.length / 2;
    folders.length = depth;
    if (name.endsWith('/')) folders[depth] = name.slice(0, -1);
    else {
      expect(phrase, `${name} has no phrase`).not.toBe('');
      listed.push([...folders, name].join('/'));
    }
  }
  const present = ['shared', 'workers', 'node', 'web'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|tsx|mjs|css|html)$/.test(name) && !name.startsWith('assets/'))
      .map((name) => `${folder}/${name}`),
  );
  expect(listed.sort()).toEqual(present.sort());
});
