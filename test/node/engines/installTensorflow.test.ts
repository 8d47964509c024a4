import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cudaRequirements } from '../../../node/engines/installTensorflow.ts';
import { commandProblem, runCommand } from '../../../node/engines/runCommand.ts';
import { platformProblem } from '../../../node/engines/tensorflowStatus.ts';

describe('the CUDA wheels', () => {
  it('are those of the extra and-cuda, with their versions', () => {
    const metadata = [
      'Metadata-Version: 2.1',
      'Requires-Dist: absl-py >=1.0.0',
      "Requires-Dist: nvidia-cublas-cu12 (==12.5.3.2) ; extra == 'and-cuda'",
      'Requires-Dist: nvidia-cudnn-cu12==9.3.0.75; extra == "and-cuda"',
      'Requires-Dist: nvidia-other==1.0; extra == "else"',
    ].join('\n');
    expect(cudaRequirements(metadata)).toEqual(['nvidia-cublas-cu12==12.5.3.2', 'nvidia-cudnn-cu12==9.3.0.75']);
  });
});

describe('a step that fails', () => {
  it.each(['npm error code ECONNREFUSED', 'Temporary failure in name resolution', 'NewConnectionError(...)'])(
    'for want of a network (%s) says so',
    (words) => {
      expect(commandProblem('npm', 'exit 1', words)).toContain('registry cannot be reached');
    },
  );

  it('for want of room names the setting', () => {
    expect(commandProblem('python3', 'exit 1', 'OSError: [Errno 28] No space left on device')).toContain(
      'DARSE_TENSORFLOW_DIR',
    );
  });

  it('for another reason shows the end of what the program said', async () => {
    const failing = runCommand(process.execPath, ['-e', 'console.error("first\\nlast"); process.exit(3)']);
    await expect(failing).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringMatching(/exit 3.*goes on where it stood.*last/s),
    });
  });

  it('because its program is missing names it', async () => {
    await expect(runCommand('no-such-program', [])).rejects.toThrow(/cannot start no-such-program/);
  });
});

it('knows the platforms it can install on', () => {
  expect(platformProblem('linux', 'x64')).toBeNull();
  expect(platformProblem('darwin', 'arm64')).toMatch(/Linux x64 only, this is darwin arm64; .*onnx/);
});

// The rest of the recipe runs only where DARSE can install TensorFlow at all.
describe.skipIf(platformProblem() !== null)('an installation', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'darse-tensorflow-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('names every missing program at once, before it fetches anything', async () => {
    const { output } = await install({
      PATH: '/no-such-folder',
      CXX: 'no-such-compiler',
      DARSE_TENSORFLOW_DIR: folder,
    });
    for (const part of ['npm is missing', 'python3 with pip is missing', 'no-such-compiler is missing'])
      expect(output).toContain(part);
  });

  it('without a network says what to set', async () => {
    const registry = {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: join(folder, 'cache'),
    };
    const { output } = await install({ ...registry, CXX: process.execPath, DARSE_TENSORFLOW_DIR: folder });
    // Where pip is missing the installation says that instead, also before anything is fetched.
    expect(output).toMatch(/registry cannot be reached|pip is missing/);
  });

  it('at a place that cannot be written says so', async () => {
    const { output } = await install({ DARSE_TENSORFLOW_DIR: '/dev/null/tensorflow' });
    expect(output).toContain('cannot make the folder /dev/null/tensorflow/cpu');
  });
});

/** The error's message of an installation in a process with other settings. */
function install(environment: Record<string, string>): Promise<{ output: string }> {
  const script = `import { installTensorflow } from ${JSON.stringify(join(import.meta.dirname, '../../../node/engines/installTensorflow.ts'))};
    await installTensorflow({ gpu: false, log: () => {} }).catch((error) => console.log(error.code + ': ' + error.message));`;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { env: { ...process.env, ...environment } },
      (error, stdout) => (error === null ? resolve({ output: stdout }) : reject(error)),
    );
  });
}
