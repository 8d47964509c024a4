import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** What the files of a folder (but for those of folders inside it that are named too) may import: folders of the project, and packages. */
const ALLOWED: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[] }>> =
  {
    shared: {
      folders: ['shared'],
      packages: [
        '@huggingface/tokenizers',
        '@noble/hashes',
        '@observablehq/plot',
        '@tensorflow/tfjs',
        'hyparquet',
        'hyparquet-compressors',
        'papaparse',
        'pbf',
        'valibot',
      ],
    },
    workers: {
      folders: ['workers', 'shared'],
      packages: [
        '@tensorflow/tfjs',
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-webgpu',
        'node:',
        'onnxruntime-node',
        'valibot',
        'webgpu',
      ],
    },
    'workers/page': {
      folders: ['workers', 'shared'],
      packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', 'comlink', 'onnxruntime-web'],
    },
    web: { folders: ['web', 'workers', 'shared'], packages: ['comlink', 'idb', 'react', 'react-dom', 'uplot'] },
    node: {
      folders: ['node', 'workers', 'shared'],
      packages: [
        '@huggingface/hub',
        '@tensorflow/tfjs',
        'cli-progress',
        'commander',
        'linkedom',
        'node:',
        'tsx',
        'valibot',
      ],
    },
  };

/** What makes a function's result depend on something it was not given (STYLE: purity of `shared/`). */
const IMPURE =
  /\b(Math\.random|Date\.now|new Date\(\)|performance\.now|console\.|setTimeout|globalThis|process\.(?:env|argv|cwd|exit|std|hrtime|memoryUsage|platform|versions|on))/;

describe.each(Object.keys(ALLOWED))('%s/', (folder) => {
  const files = sources(folder);

  it('imports only what its place allows', () => {
    const { folders = [], packages = [] } = ALLOWED[folder] ?? {};
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => {
          if (!specifier.startsWith('.')) return !packages.some((name) => isPackage(specifier, name));
          const target = relative(ROOT, resolve(dirname(file), specifier));
          return !folders.some((allowed) => target.startsWith(`${allowed}/`));
        })
        .map((specifier) => `${relative(ROOT, file)} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has files, and every relative import names one', () => {
    expect(files.length).toBeGreaterThan(0);
    const present = new Set(Object.keys(ALLOWED).flatMap(sources));
    const missing = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.') && !present.has(resolve(dirname(file), specifier)))
        .map((specifier) => `${relative(ROOT, file)} imports ${specifier}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('shared/', () => {
  it('reads no clock, draws no unseeded number, prints nothing', () => {
    const impure = sources('shared').filter((file) => IMPURE.test(withoutComments(readFileSync(file, 'utf8'))));
    expect(impure.map((file) => relative(ROOT, file))).toEqual([]);
  });

  it('has no module-level variables', () => {
    const withState = sources('shared').filter((file) => /^(export )?(let|var) /m.test(readFileSync(file, 'utf8')));
    expect(withState.map((file) => relative(ROOT, file))).toEqual([]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mjs|css)$/.test(name) && !name.startsWith('assets/'))
    .map((name) => join(ROOT, folder, name))
    .filter((path) => ownFolder(relative(ROOT, path)) === folder);
}

/** The named folder that a file's rules come from: the innermost that it is in. */
function ownFolder(path: string): string {
  return Object.keys(ALLOWED)
    .filter((folder) => path.startsWith(`${folder}/`))
    .reduce((longest, folder) => (folder.length > longest.length ? folder : longest), '');
}

/** Specifiers of static, dynamic and type imports, exports, `import('…')` types, and imports for what they do; without a bundler's `?…`. */
function importsOf(file: string): string[] {
  const text = withoutComments(readFileSync(file, 'utf8'));
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()\s*'([^'?]+)(?:\?[^']*)?'/g)].map(
    (match) => match[1] ?? '',
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function isPackage(specifier: string, name: string): boolean {
  return name.endsWith(':') ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`);
}
