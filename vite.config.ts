import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The page: `npm run build` makes a static site of it, `npm start` serves that, `npm run dev` serves the sources as they change. */

const { version }: { version: string } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'));

/** Isolated, a page may use WebAssembly on all cores. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * What the built page may do: run and fetch what its own site holds, and nothing else. Inline styles, eval and strings as scripts are refused;
 * `wasm-unsafe-eval` allows WebAssembly alone.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types darse-worker default',
];

/** Obeyed only as a header, not in a page. */
const HEADER_ONLY = ["frame-ancestors 'none'"];

/**
 * Writes the policy into the built page, so that it holds on every host, and all headers into `_headers`, the file by which Netlify, Cloudflare
 * Pages and others know what to send with every file, the workers' too.
 */
function siteHeaders(): Plugin {
  return {
    name: 'darse-site-headers',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY.join('; ') },
        injectTo: 'head-prepend',
      },
    ],
    generateBundle() {
      const headers = { ...ISOLATION, 'Content-Security-Policy': [...POLICY, ...HEADER_ONLY].join('; ') };
      const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
      this.emitFile({ type: 'asset', fileName: '_headers', source: `/*\n${lines.join('\n')}\n` });
    },
  };
}

/** Some hosts do not know .mjs as a script. */
const ASSETS = {
  assetFileNames: ({ names }: { readonly names: readonly string[] }) =>
    `assets/[name]-[hash]${names[0]?.endsWith('.mjs') ? '.js' : '[extname]'}`,
};

export default defineConfig({
  root: 'web',
  base: './',
  publicDir: '../shared/assets',
  plugins: [react(), siteHeaders()],
  define: { 'import.meta.env.DARSE_VERSION': JSON.stringify(version) },
  // Of onnxruntime-web the build whose WebAssembly glue is a file of its own: its threads start from that.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  // What the worker imports is found only when it starts, which would reload the page.
  optimizeDeps: {
    entries: ['index.html', '../workers/page/*.ts'],
    include: ['onnxruntime-web/wasm', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
  },
  worker: { format: 'es', rolldownOptions: { output: ASSETS } },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { output: ASSETS },
  },
  server: { headers: ISOLATION, fs: { allow: ['..'] } },
  preview: { headers: ISOLATION },
});
