import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENGINE_NAMES } from '../../../shared/engines/engine.ts';
import { temporaryFolder } from '../../support/cliFixture.ts';
import { runCli } from '../../support/runCli.ts';

const folder = temporaryFolder();

test('lists every engine with what it runs on or why it does not run', async () => {
  const { code, stdout } = await runCli(['engines', '--json']);
  expect(code).toBe(0);
  const { engines, auto } = JSON.parse(stdout);
  expect(engines.map(({ name }: { name: string }) => name).sort()).toEqual([...ENGINE_NAMES].sort());
  for (const { available, detail } of engines) {
    expect(available).toBeTypeOf('boolean');
    expect(detail).not.toBe('');
  }
  expect(engines).toContainEqual(expect.objectContaining({ name: auto, available: true }));
});

test('lists the bundled backbone where nothing was downloaded', async () => {
  const { code, stdout } = await runCli(['models', '--json'], {
    env: { HF_HUB_CACHE: join(folder, 'hub') },
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ models: [{ name: 'minilm-l6', bundled: true }] });
});
