import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';

/** How a stub spoils one answer; each fault is used up by one request. */
export type HubFault =
  | { readonly kind: 'drop'; readonly afterBytes: number }
  | { readonly kind: 'hang'; readonly afterBytes: number }
  | { readonly kind: 'status'; readonly status: number; readonly errorCode?: string; readonly retryAfter?: string }
  | { readonly kind: 'announce'; readonly byteLength: number }
  | { readonly kind: 'cutShort'; readonly byteLength: number }
  | { readonly kind: 'tooLong'; readonly extraBytes: number }
  | { readonly kind: 'flipBit'; readonly at: number }
  | { readonly kind: 'html' }
  | { readonly kind: 'ignoreRange' };

export interface HubRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** A local server that answers the three calls of the Hugging Face hub that a download makes: revision, paths-info, resolve. */
export interface HubStub {
  readonly endpoint: string;
  readonly requests: HubRequest[];
  /** Faults by the end of a path (a file name, `paths-info`, `revision`), used up in order. */
  readonly faults: Map<string, HubFault[]>;
  /** Files by name. */
  readonly files: Map<string, Buffer>;
  commit: string;
  /** Pause after every twelfth of a large file. */
  slowMs: number;
  /** A size to list instead of the true one. */
  readonly listedSizes: Map<string, number>;
  close(): Promise<void>;
}

/** Stored outside git and so listed with a SHA-256; other files have a git id only. */
const LARGE_FILE = /\.(?:safetensors|bin)$/;

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function gitOid(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Starts a stub that serves one model, `org/name`, on a free port of this machine. */
export async function startHubStub(model: string, files: ReadonlyMap<string, Buffer>): Promise<HubStub> {
  const server = createServer((request, response) => {
    answer(stub, model, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = v.parse(v.object({ port: v.number() }), server.address());
  const stub: HubStub = {
    endpoint: `http://127.0.0.1:${port}`,
    requests: [],
    faults: new Map(),
    files: new Map(files),
    commit: 'a'.repeat(40),
    slowMs: 0,
    listedSizes: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return stub;
}

async function answer(stub: HubStub, model: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
  const { range, authorization } = request.headers;
  stub.requests.push({ method: request.method ?? '', path, range, authorization });
  const call = path.includes('/revision/')
    ? 'revision'
    : path.includes('/paths-info/')
      ? 'paths-info'
      : path.split('/').at(-1);
  const fault = stub.faults.get(call ?? '')?.shift();
  if (fault?.kind === 'status') {
    if (fault.errorCode !== undefined) response.setHeader('X-Error-Code', fault.errorCode);
    if (fault.retryAfter !== undefined) response.setHeader('Retry-After', fault.retryAfter);
    return refuse(response, fault.status);
  }
  if (fault?.kind === 'html') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end('<html><body>Please log in to the network</body></html>');
    return;
  }
  if (path === `/api/models/${model}/revision/main` || path === `/api/models/${model}/revision/${stub.commit}`) {
    return sendJson(response, {
      _id: '1',
      id: model,
      sha: stub.commit,
      private: false,
      gated: false,
      likes: 0,
      downloads: 0,
      lastModified: '2026-01-01',
    });
  }
  if (request.method === 'POST' && path === `/api/models/${model}/paths-info/${stub.commit}`) {
    return sendJson(response, await listPaths(stub, request));
  }
  const prefix = `/${model}/resolve/${stub.commit}/`;
  const bytes = path.startsWith(prefix) ? stub.files.get(path.slice(prefix.length)) : undefined;
  if (bytes !== undefined) return sendFile(stub, bytes, LARGE_FILE.test(path), range, fault, response);
  response.setHeader(
    'X-Error-Code',
    path.includes('/resolve/')
      ? 'EntryNotFound'
      : path.startsWith(`/api/models/${model}/`)
        ? 'RevisionNotFound'
        : 'RepoNotFound',
  );
  refuse(response, 404);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ error: `status ${status}` }));
}

async function listPaths(stub: HubStub, request: IncomingMessage): Promise<unknown[]> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { paths } = v.parse(v.object({ paths: v.array(v.string()) }), JSON.parse(body));
  const listed: unknown[] = [];
  for (const path of paths) {
    const bytes = stub.files.get(path);
    if (bytes === undefined) continue;
    const size = stub.listedSizes.get(path) ?? bytes.length;
    const lfs = LARGE_FILE.test(path) ? { lfs: { oid: sha256(bytes), size, pointerSize: 130 } } : {};
    listed.push({ path, type: 'file', oid: gitOid(bytes), size, ...lfs });
  }
  return listed;
}

async function sendFile(
  stub: HubStub,
  bytes: Buffer,
  isLarge: boolean,
  range: string | undefined,
  fault: HubFault | undefined,
  response: ServerResponse,
): Promise<void> {
  const asked = fault?.kind === 'ignoreRange' ? null : /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
  const begin = Number(asked?.[1] ?? 0);
  let body = Buffer.from(bytes.subarray(begin, asked === null ? bytes.length : Number(asked[2]) + 1));
  if (fault?.kind === 'flipBit') body[fault.at - begin]! ^= 1;
  if (fault?.kind === 'cutShort') body = body.subarray(0, fault.byteLength);
  if (fault?.kind === 'tooLong') body = Buffer.concat([body, Buffer.alloc(fault.extraBytes)]);
  const isWhole = fault?.kind !== 'cutShort' && fault?.kind !== 'tooLong';
  response.writeHead(asked === null ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    ...(isWhole ? { 'Content-Length': fault?.kind === 'announce' ? fault.byteLength : body.length } : {}),
    ...(asked === null ? {} : { 'Content-Range': `bytes ${begin}-${begin + body.length - 1}/${bytes.length}` }),
  });
  const breakAt = fault?.kind === 'drop' || fault?.kind === 'hang' ? fault.afterBytes : body.length;
  const chunkBytes = Math.ceil(body.length / 12);
  for (let at = 0; at < breakAt; at += chunkBytes) {
    await write(response, body.subarray(at, Math.min(at + chunkBytes, breakAt)));
    if (stub.slowMs > 0 && isLarge) await sleep(stub.slowMs);
  }
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'drop') {
    // Time for what was written to reach the other side before the connection is reset.
    await sleep(50);
    response.destroy();
    return;
  }
  response.end();
}

/** Resolves when the bytes have left; a client that went away ends the wait. */
async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(bytes, done);
  });
}
