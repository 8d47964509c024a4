import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findTensorflowPackages,
  privatePackageFolder,
  privateTensorflowFolder,
} from '../../../node/engines/tensorflowPackages.ts';
import { platformProblem, tensorflowStatus } from '../../../node/engines/tensorflowStatus.ts';

// A project that has tfjs-node itself is reported first; these tests are about the private folders.
const hasOwn = findTensorflowPackages({ DARSE_TENSORFLOW_DIR: '/no-such-folder' }).length > 0;

describe.skipIf(hasOwn)('tensorflowStatus', () => {
  let environment: { DARSE_TENSORFLOW_DIR: string };
  beforeEach(() => {
    environment = { DARSE_TENSORFLOW_DIR: mkdtempSync(join(tmpdir(), 'darse-tensorflow-')) };
  });
  afterEach(() => rmSync(environment.DARSE_TENSORFLOW_DIR, { recursive: true, force: true }));

  /** What an installation leaves, without the large files. */
  function pretendInstalled(variant: 'cpu' | 'gpu') {
    const binding = join(privatePackageFolder(variant, environment), 'lib', 'napi-v8');
    mkdirSync(binding, { recursive: true });
    writeFileSync(join(binding, 'tfjs_binding.node'), '');
    writeFileSync(join(privatePackageFolder(variant, environment), 'package.json'), '{"version": "4.22.0"}');
    writeFileSync(join(privateTensorflowFolder(variant, environment), 'installed.json'), '{}');
  }

  it('of nothing gives the command, or why there is none for this machine', () => {
    const { installed, reason, modulePath } = tensorflowStatus(environment);
    expect(installed).toBe(false);
    expect(modulePath).toBeUndefined();
    expect(reason).toContain(platformProblem() ?? 'npx darse engines install tensorflow');
  });

  it('of a broken-off installation says that it can go on', () => {
    pretendInstalled('cpu');
    rmSync(join(privateTensorflowFolder('cpu', environment), 'installed.json'));
    expect(tensorflowStatus(environment)).toMatchObject({
      installed: false,
      reason: expect.stringContaining('not finished'),
    });
  });

  it('of an installation whose binding is gone is not installed', () => {
    pretendInstalled('cpu');
    rmSync(join(privatePackageFolder('cpu', environment), 'lib'), { recursive: true });
    expect(tensorflowStatus(environment).installed).toBe(false);
  });

  it('names version, variant and folder, and puts the GPU first', () => {
    pretendInstalled('cpu');
    const cpu = privatePackageFolder('cpu', environment);
    expect(tensorflowStatus(environment)).toEqual({
      installed: true,
      reason: 'tfjs-node 4.22.0 (cpu), installed by darse',
      modulePath: cpu,
    });
    pretendInstalled('gpu');
    expect(tensorflowStatus(environment).modulePath).toBe(privatePackageFolder('gpu', environment));
  });
});

it('keeps TensorFlow in the cache of the user unless told otherwise', () => {
  expect(privateTensorflowFolder('cpu', { XDG_CACHE_HOME: '/c' })).toBe('/c/darse/tensorflow/cpu');
  expect(privateTensorflowFolder('gpu', { XDG_CACHE_HOME: '/c', DARSE_TENSORFLOW_DIR: '/d' })).toBe('/d/gpu');
  expect(privateTensorflowFolder('cpu', {})).toMatch(/\.cache\/darse\/tensorflow\/cpu$/);
});
