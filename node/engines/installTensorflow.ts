import { existsSync, readdirSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as v from 'valibot';
import { DarseError, problemsError } from '../../shared/study/darseError.ts';
import { linkTfjs } from './linkTfjs.ts';
import { runCommand } from './runCommand.ts';
import {
  INSTALLED_MARK,
  packageVersion,
  privatePackageFolder,
  privateTensorflowFolder,
  TENSORFLOW_PACKAGES,
  TENSORFLOW_VERSION,
  type TensorflowVariant,
  TFJS_NODE_VERSION,
} from './tensorflowPackages.ts';
import { platformProblem } from './tensorflowStatus.ts';

export interface InstallTensorflowOptions {
  /** TensorFlow with CUDA kernels and the CUDA libraries; the driver must be the machine's. */
  readonly gpu: boolean;
  /** Gets one line for every step. */
  readonly log: (line: string) => void;
}

const NODE_API_HEADERS_VERSION = '1.9.0';
/** The TensorFlow wheel of each variant on PyPI. */
const WHEELS = { cpu: 'tensorflow-cpu', gpu: 'tensorflow' } as const;
/** Free space for the downloads and what comes out of them: at the end 0.7 and 4.1 GB stay. */
const NEEDED_BYTES = { cpu: 1.5e9, gpu: 6.5e9 } as const;
/** Names that the binding is linked against, and the libraries of the wheel. */
const LIBRARY_LINKS = [
  ['libtensorflow_cc.so.2', 'libtensorflow.so'],
  ['libtensorflow_cc.so.2', 'libtensorflow.so.2'],
  ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
] as const;

/**
 * Builds tfjs-node from npm and PyPI alone in a private folder: the npm package without its install script (that wants other hosts), the C
 * library and headers out of the TensorFlow wheel, one compiler call, and a test in a process of its own. Steps that are done are not
 * repeated, so a broken installation goes on where it stood. `engine` errors name everything that is missing.
 */
export async function installTensorflow({ gpu, log }: InstallTensorflowOptions): Promise<void> {
  const variant = gpu ? 'gpu' : 'cpu';
  const folder = privateTensorflowFolder(variant);
  const startedMs = Date.now();
  const say = (line: string) => log(`[${((Date.now() - startedMs) / 1000).toFixed(1)} s] ${line}`);
  await requireMachine(variant, folder);
  const unlock = await lock(folder);
  try {
    await installPackages(variant, folder, say);
    await unpackLibraries(variant, folder, say);
    await compileBinding(variant, folder, say);
    await smokeTest(variant, folder, say);
  } finally {
    await unlock();
  }
}

async function requireMachine(variant: TensorflowVariant, folder: string): Promise<void> {
  const platform = platformProblem();
  if (platform !== null) throw new DarseError('engine', platform);
  const problems: string[] = [];
  if (!existsSync('/lib64/ld-linux-x86-64.so.2')) {
    problems.push(
      'this Linux has no glibc (Alpine has musl instead), which TensorFlow is built for; use another image, or the engine wasm',
    );
  }
  if (!(await works('npm', '--version'))) problems.push('npm is missing; it comes with Node');
  if (!(await works('python3', '-m', 'pip', '--version'))) {
    problems.push(
      'python3 with pip is missing (it fetches the TensorFlow library): apt-get install python3-pip, or dnf install python3-pip',
    );
  }
  if (!(await works(compiler(), '--version'))) {
    problems.push(
      `the C++ compiler ${compiler()} is missing: apt-get install g++, or dnf install gcc-c++, or name another in CXX`,
    );
  }
  await mkdir(folder, { recursive: true }).catch((cause: Error) =>
    problems.push(`cannot make the folder ${folder}: ${cause.message}`),
  );
  const free = await statfs(folder).catch(() => null);
  const isStarted = existsSync(join(privatePackageFolder(variant), 'deps'));
  if (free !== null && !isStarted && free.bavail * free.bsize < NEEDED_BYTES[variant]) {
    problems.push(
      `${gigabytes(NEEDED_BYTES[variant])} GB are needed at ${folder}, ${gigabytes(free.bavail * free.bsize)} GB are free; DARSE_TENSORFLOW_DIR names another place`,
    );
  }
  if (problems.length > 0) throw problemsError('engine', 'TensorFlow cannot be installed here yet:', problems);
}

function works(command: string, ...args: string[]): Promise<boolean> {
  return runCommand(command, args).then(
    () => true,
    () => false,
  );
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

/** One installation at a time; the lock of a process that is gone does not count. */
async function lock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'installing.pid');
  const holder = Number(await readFile(path, 'utf8').catch(() => '0'));
  if (holder > 0 && holder !== process.pid && existsSync(`/proc/${holder}`)) {
    throw new DarseError(
      'engine',
      `process ${holder} is installing TensorFlow in ${folder} already; wait for it, or delete ${path}`,
    );
  }
  await rm(path, { force: true });
  const file = await open(path, 'wx');
  await file.writeFile(String(process.pid));
  await file.close();
  return () => rm(path, { force: true });
}

async function installPackages(variant: TensorflowVariant, folder: string, say: (line: string) => void): Promise<void> {
  const path = privatePackageFolder(variant);
  const done =
    packageVersion(path) === TFJS_NODE_VERSION && packageVersion(headersFolder(folder)) === NODE_API_HEADERS_VERSION;
  if (!done) {
    await rm(join(folder, 'node_modules'), { recursive: true, force: true });
    await writeFile(join(folder, 'package.json'), '{"name": "darse-tensorflow", "private": true}\n');
    const packages = [
      `${TENSORFLOW_PACKAGES[variant]}@${TFJS_NODE_VERSION}`,
      `node-api-headers@${NODE_API_HEADERS_VERSION}`,
    ];
    await runCommand(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages],
      {
        cwd: folder,
      },
    );
  }
  // Its own copies of tfjs give way to a link to ours.
  for (const name of readdirSync(join(path, '..'))) {
    if (name !== 'tfjs-node' && name !== 'tfjs-node-gpu')
      await rm(join(path, '..', name), { recursive: true, force: true });
  }
  await linkTfjs(path);
  say(`npm packages in place (${TENSORFLOW_PACKAGES[variant]} ${TFJS_NODE_VERSION})`);
}

/** Takes two libraries, the headers and the list of requirements out of a wheel; Python checks the sums of what it unpacks. */
const UNPACK = `
import re, sys, zipfile
wheel, folder = sys.argv[1:]
wanted = re.compile(r'tensorflow/libtensorflow_(cc|framework)\\.so\\.2$|tensorflow/include/(tensorflow/c/|tensorflow/core/platform/ctstring'
                    r'|tsl/platform/ctstring|xla/tsl/c/|tsl/c/).*\\.h$|tensorflow[^/]*\\.dist-info/METADATA$')
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if wanted.match(name)])
`;

async function unpackLibraries(variant: TensorflowVariant, folder: string, say: (line: string) => void): Promise<void> {
  const deps = join(privatePackageFolder(variant), 'deps');
  if (existsSync(deps)) return say('TensorFlow library in place');
  const temporary = join(folder, 'tmp');
  const unpacked = join(folder, 'unpacked');
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const wheel = await downloadWheel(variant, folder, temporary);
  say(`${WHEELS[variant]} ${TENSORFLOW_VERSION} downloaded`);
  await runCommand('python3', ['-c', UNPACK, wheel, unpacked]);
  await mkdir(join(unpacked, 'deps'));
  await mkdir(join(unpacked, 'deps', 'lib'));
  await rename(join(unpacked, 'tensorflow', 'include'), join(unpacked, 'deps', 'include'));
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    await rename(join(unpacked, 'tensorflow', name), join(unpacked, 'deps', 'lib', name));
  }
  for (const [target, name] of LIBRARY_LINKS) await symlink(target, join(unpacked, 'deps', 'lib', name));
  if (variant === 'gpu') {
    const metadata = readdirSync(unpacked).find((name) => name.endsWith('.dist-info')) ?? '';
    const wheels = cudaRequirements(await readFile(join(unpacked, metadata, 'METADATA'), 'utf8'));
    // Where the library's own search path ($ORIGIN/../nvidia/*/lib) looks.
    const target = join(unpacked, 'deps');
    await pip(temporary, ['install', '--no-deps', '--only-binary=:all:', '--target', target, ...wheels]);
    say(`CUDA libraries in place: ${wheels.join(' ')}`);
  }
  await rename(join(unpacked, 'deps'), deps);
  for (const name of [unpacked, temporary, join(folder, 'wheel')]) await rm(name, { recursive: true, force: true });
  say('TensorFlow library unpacked');
}

/** The path of the wheel; one that an earlier try left is taken. Python's version matters not, nothing of Python in it is used. */
async function downloadWheel(variant: TensorflowVariant, folder: string, temporary: string): Promise<string> {
  const wheels = join(folder, 'wheel');
  await mkdir(wheels, { recursive: true });
  const downloaded = () =>
    readdirSync(wheels).find((name) => name.endsWith('.whl') && name.includes(`-${TENSORFLOW_VERSION}-`));
  if (downloaded() === undefined) {
    const platforms = ['manylinux2014_x86_64', 'manylinux_2_17_x86_64', 'manylinux_2_27_x86_64'];
    const python = ['--implementation', 'cp', '--python-version', '3.11'];
    const anyPlatform = platforms.flatMap((platform) => ['--platform', platform]);
    const what = ['-d', wheels, `${WHEELS[variant]}==${TENSORFLOW_VERSION}`];
    await pip(temporary, ['download', '--no-deps', '--only-binary=:all:', ...python, ...anyPlatform, ...what]);
  }
  const name = downloaded();
  if (name === undefined) throw new DarseError('engine', `pip left no TensorFlow wheel in ${wheels}`);
  return join(wheels, name);
}

/** The CUDA wheels that TensorFlow's metadata asks for under its extra `and-cuda`, as `name==version`. */
export function cudaRequirements(metadata: string): string[] {
  const lines = metadata.matchAll(
    /^Requires-Dist: (nvidia-[\w-]+?)\s*\(?([~=<>!]=?[^;)]*)\)?\s*;\s*extra == ['"]and-cuda['"]/gm,
  );
  return [...lines].map(([, name, version]) => `${name}${version?.trim()}`);
}

async function compileBinding(variant: TensorflowVariant, folder: string, say: (line: string) => void): Promise<void> {
  const path = privatePackageFolder(variant);
  const target = join(path, 'lib', 'napi-v8');
  const binding = join(target, 'tfjs_binding.node');
  if (existsSync(binding)) return say('binding in place');
  await mkdir(target, { recursive: true });
  const fresh = `${binding}.fresh`;
  const flags = ['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8'];
  const headers = ['-I', join(headersFolder(folder), 'include'), '-I', join(path, 'deps', 'include')];
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(path, 'binding', name));
  const libraries = [
    '-L',
    join(path, 'deps', 'lib'),
    '-ltensorflow',
    '-ltensorflow_framework',
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  await runCommand(compiler(), [...flags, ...headers, ...sources, '-o', fresh, ...libraries]);
  await rename(fresh, binding);
  say('binding compiled');
}

const ReportSchema = v.object({ libraryVersion: v.string(), usesGpu: v.boolean() });

async function smokeTest(variant: TensorflowVariant, folder: string, say: (line: string) => void): Promise<void> {
  const mark = join(folder, INSTALLED_MARK);
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const program = join(import.meta.dirname, 'tensorflowSmokeTest.ts');
  try {
    const output = await runCommand(process.execPath, ['--import', tsx, program, privatePackageFolder(variant)]);
    const report = v.parse(ReportSchema, JSON.parse(output));
    await writeFile(mark, `${JSON.stringify({ ...report, variant, tfjsNode: TFJS_NODE_VERSION })}\n`);
    say(`works: TensorFlow ${report.libraryVersion} on the ${report.usesGpu ? 'GPU' : 'CPU'}, in ${folder}`);
    if (variant === 'gpu' && !report.usesGpu)
      say('no GPU was found: is an NVIDIA driver for CUDA 12.5 or newer installed? (nvidia-smi)');
  } catch (error) {
    await rm(mark, { force: true });
    throw error;
  }
}

function headersFolder(folder: string): string {
  return join(folder, 'node_modules', 'node-api-headers');
}

function compiler(): string {
  return process.env['CXX'] || 'g++';
}

/** pip with its temporary files on the disk that has the room, and without a second copy in its cache. */
function pip(temporary: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, TMPDIR: temporary, PIP_RESUME_RETRIES: '5' };
  return runCommand(
    'python3',
    ['-m', 'pip', ...args.slice(0, 1), '-q', '--no-cache-dir', '--disable-pip-version-check', ...args.slice(1)],
    { env },
  );
}
