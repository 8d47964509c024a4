import { createRequire } from 'node:module';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Engine, ReadConstant } from '../shared/engines/engine.ts';
import type { Tfjs } from '../shared/engines/tfjs/tfjsBackend.ts';
import { createTfjsEngine } from '../shared/engines/tfjs/tfjsEngine.ts';
import { DarseError } from '../shared/study/darseError.ts';

export interface WebgpuNodeOptions {
  readonly readConstant: ReadConstant;
}

/** Commands that tfjs collects before it hands them to the GPU; its own 15 costs twice the processor time per command. */
const COMMANDS_PER_SUBMIT = 64;

/**
 * The engine `webgpu` in Node, through Dawn, on a device of its own: a Vulkan, Metal or D3D12 driver, no display.
 * Throws an `engine` error that says why there is none.
 */
export async function openWebgpuEngine({ readConstant }: WebgpuNodeOptions): Promise<Engine> {
  const adapter = await requestAdapter();
  const device = await requestDevice(adapter);
  const failure = watch(device);
  const [tf, { WebGPUBackend }] = await Promise.all([
    import('@tensorflow/tfjs'),
    import('@tensorflow/tfjs-backend-webgpu'),
  ]);
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', COMMANDS_PER_SUBMIT);
  const backend = asInPage(() => new WebGPUBackend(device, adapter.info));
  const backendName = registerBackend(tf, backend);
  return createTfjsEngine({
    tf,
    backend: 'webgpu',
    backendName,
    readConstant,
    description: {
      name: 'webgpu',
      precision: 'float32',
      device: adapterInWords(adapter.info),
      versions: { tfjs: tf.version.tfjs, webgpu: webgpuVersion(), node: process.versions.node },
      deterministic: false,
    },
    failure,
    async close() {
      await unregisterBackend(tf, backendName);
      device.destroy();
    },
  });
}

/** Dawn's entry point, one for the process and for good: once it is collected, what came from it hangs or crashes. */
let dawn: GPU | undefined;

async function requestAdapter(): Promise<GPUAdapter> {
  let reason = 'Dawn found no adapter';
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    dawn ??= create([]);
    const adapter = await dawn.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return adapter;
  } catch (cause) {
    reason = String(cause);
  }
  throw new DarseError(
    'engine',
    `engine "webgpu" does not run here: ${reason}; it needs a driver (on Linux Vulkan: the graphics card's own, or the package mesa-vulkan-drivers, which also has a slow one for machines without a card), or take another engine, such as --engine onnx`,
  );
}

/** The limits that computing runs into; a device has the least of them unless it asks for what its adapter has. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]));
  try {
    return await adapter.requestDevice({ requiredLimits });
  } catch (cause) {
    const where = adapterInWords(adapter.info);
    throw new DarseError('engine', `engine "webgpu" does not run here: ${where} gave no device (${String(cause)})`, {
      cause,
    });
  }
}

/** Keeps what tfjs does not look at: the first refused command, out-of-memory, or the loss of the device. */
function watch(device: GPUDevice): () => string | undefined {
  let failure: string | undefined;
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= `the GPU refused a command: ${error.message.split('\n', 1)[0]}`;
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') failure ??= `the GPU device was lost: ${message}`;
  });
  return () => failure;
}

/** tfjs makes its WebGPU backend only where a page's `navigator.gpu` is, which it then leaves alone. */
function asInPage<Result>(make: () => Result): Result {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: true }, configurable: true });
  try {
    return make();
  } finally {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

/** Under a name of its own, so that several engines with a device each can be open; returns the name. */
function registerBackend(tf: Tfjs, backend: WebGPUBackend): string {
  let number = 1;
  while (tf.findBackendFactory(`webgpu-${number}`) !== null) number++;
  const name = `webgpu-${number}`;
  tf.copyRegisteredKernels('webgpu', name);
  tf.registerBackend(name, () => backend);
  return name;
}

async function unregisterBackend(tf: Tfjs, name: string): Promise<void> {
  // Left without a backend, tfjs would start its best one anew at the next call of anybody.
  if (tf.getBackend() === name) await tf.setBackend('cpu');
  tf.removeBackend(name);
  for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
}

const SOFTWARE_RENDERERS = /llvmpipe|lavapipe|swiftshader|basic render/i;

function adapterInWords({ vendor, architecture, device, description, isFallbackAdapter }: GPUAdapterInfo): string {
  const words = [vendor, architecture, device, description].filter((word) => word !== '').join(' ');
  const isSoftware = isFallbackAdapter || SOFTWARE_RENDERERS.test(words);
  return isSoftware ? `${words} (no graphics card: computed in software, slow)` : words;
}

function webgpuVersion(): string {
  const { version }: { version: string } = createRequire(import.meta.url)('webgpu/package.json');
  return version;
}
