import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../shared/plan/recorder.ts';
import { openWebgpuEngine } from '../../workers/webgpuNode.ts';
import { TEST_ENGINES } from '../support/testEngines.ts';

const runsHere = TEST_ENGINES.some(({ name }) => name === 'webgpu');

describe.runIf(runsHere)('the engine webgpu in Node', () => {
  it('says what computes, and that it is slow where that is software', async () => {
    const engine = await openWebgpuEngine({ readConstant: async () => new Float32Array() });
    await engine.dispose();
    const { device, versions, deterministic } = engine.description;
    expect(device).not.toBe('');
    expect(/no graphics card/.test(device)).toBe(/llvmpipe|swiftshader/i.test(device));
    expect(versions['webgpu']).toMatch(/^\d+\.\d+\.\d+/);
    expect(deterministic).toBe(false);
  });

  it('gives the right numbers or the reason where a tensor is larger than the device takes, never zeros', async () => {
    const recorder = new Recorder();
    const dx = recorder.weightedMeanGradient(recorder.batch('dy', ['B', 8192]), recorder.batch('weights', ['B', 'T']));
    recorder.output('sums', recorder.sumRows(dx));
    const engine = await openWebgpuEngine({ readConstant: async () => new Float32Array() });
    const prepared = await engine.prepare(recorder.finish());
    // 8192 · 8192 numbers are 256 MiB; a device need not take more than 128 in one piece.
    const sizes = new Map([
      ['B', 1],
      ['T', 8192],
    ]);
    const ones = new Float32Array(8192).fill(1);
    const outcome = await prepared
      .run(
        sizes,
        new Map([
          ['dy', ones],
          ['weights', ones],
        ]),
      )
      .then(
        (outputs) => new Set(outputs.get('sums')),
        (error: unknown) => error,
      );
    await engine.dispose();
    if (outcome instanceof Set) expect(outcome).toEqual(new Set([8192]));
    else expect(outcome).toMatchObject({ code: 'engine', message: expect.stringMatching(/refused/) });
  });

  it('lets the process end by itself, also when nobody disposes of the engine', async () => {
    const { stdout } = await runScript(`
      const engine = await openWebgpuEngine({ readConstant: async () => new Float32Array() });
      console.log(engine.tensorCount());`);
    expect(stdout).toBe('0\n');
  });
});

describe.runIf(process.platform === 'linux')('the engine webgpu where there is no driver', () => {
  it('says so, and what would help', async () => {
    const noDriver = '/nowhere/icd.json';
    const { stdout } = await runScript(
      'await openWebgpuEngine({}).catch(({ code, message }) => console.log(code, message));',
      { VK_DRIVER_FILES: noDriver, VK_ICD_FILENAMES: noDriver },
    );
    expect(stdout).toMatch(/^engine .*"webgpu" does not run here.*Vulkan.*--engine onnx/);
  });
});

/** In a process of its own: Dawn looks for drivers once per process. */
function runScript(body: string, environment: Record<string, string> = {}): Promise<{ stdout: string }> {
  const workers = new URL('../../workers/webgpuNode.ts', import.meta.url).href;
  const script = `import { openWebgpuEngine } from ${JSON.stringify(workers)};\n${body}`;
  const flags = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return promisify(execFile)(process.execPath, flags, { env: { ...process.env, ...environment }, timeout: 50_000 });
}
