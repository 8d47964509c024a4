import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { openWasmEngine } from '../../workers/wasmNode.ts';

it('says what computes and on which versions the bytes depend', async () => {
  const engine = await openWasmEngine({ readConstant: async () => new Float32Array() });
  const { name, device, versions, deterministic } = engine.description;
  expect(name).toBe('wasm');
  expect(device).toMatch(/1 thread$/);
  expect(Object.keys(versions).sort()).toEqual(['node', 'tfjs', 'tfjs-backend-wasm']);
  expect(deterministic).toBe(true);
  await engine.dispose();
});

it('leaves the exit code of an uncaught error at 1', () => {
  const workers = new URL('../../workers/wasmNode.ts', import.meta.url).href;
  const script = `
    import { openWasmEngine } from ${JSON.stringify(workers)};
    await openWasmEngine({ readConstant: async () => new Float32Array() });
    setTimeout(() => { throw new Error('uncaught'); });`;
  const flags = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { status, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  expect(stderr).toContain('uncaught');
  expect(status).toBe(1);
});
