import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubSettings } from '../../../node/hub/hubSettings.ts';
import { listModels } from '../../../node/hub/listModels.ts';
import { type ResolveModelOptions, resolveModel } from '../../../node/hub/resolveModel.ts';
import { DarseError } from '../../../shared/study/darseError.ts';
import { tinyModelFiles } from '../../support/hubModel.ts';
import { gitOid, type HubFault, type HubStub, sha256, startHubStub } from '../../support/hubStub.ts';

const MODEL = 'org/tiny-roberta';
const WEIGHTS = 'model.safetensors';

let hub: HubStub;
let cache: string;
const files = tinyModelFiles();
const weights = files.get(WEIGHTS)!;
const HALF = weights.length >> 1;
const QUARTER = weights.length >> 2;

beforeEach(async () => {
  hub = await startHubStub(MODEL, files);
  cache = mkdtempSync(join(tmpdir(), 'darse-hub-'));
});
afterEach(async () => {
  await hub.close();
  rmSync(cache, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { HF_HUB_CACHE: cache, HF_ENDPOINT: hub.endpoint, HF_TOKEN_PATH: join(cache, 'no-token'), ...more };
}

function download(options: ResolveModelOptions = {}, name = MODEL, more: Record<string, string> = {}) {
  return resolveModel(name, { settings: hubSettings(environment(more)), retryDelayMs: 5, ...options });
}

async function failure(promise: Promise<unknown>): Promise<DarseError> {
  const error: unknown = await promise.then(
    () => 'it worked',
    (reason: unknown) => reason,
  );
  if (!(error instanceof DarseError)) throw new Error(`wanted a DarseError, got ${String(error)}`);
  return error;
}

function busy(count: number): HubFault[] {
  return Array.from({ length: count }, () => ({ kind: 'status', status: 503 }));
}

/** A download in a process of its own; its output is the path. */
function runChild() {
  const script = `import { resolveModel } from ${JSON.stringify(join(import.meta.dirname, '../../../node/hub/resolveModel.ts'))};
    console.log((await resolveModel(${JSON.stringify(MODEL)})).path);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  return { process: child, done: once(child, 'close').then(() => output) };
}

const repo = () => join(cache, 'models--org--tiny-roberta');
const blobs = () => (existsSync(join(repo(), 'blobs')) ? readdirSync(join(repo(), 'blobs')) : []);
const partials = () => blobs().filter((name) => name.endsWith('.incomplete'));
const weightRequests = () => hub.requests.filter((request) => request.path.endsWith(WEIGHTS));

describe('a download', () => {
  it('fetches only the files it needs, at one commit, into the cache layout of huggingface_hub', async () => {
    const model = await download();
    expect(model).toEqual({ path: join(repo(), 'snapshots', hub.commit), name: MODEL, revision: hub.commit });
    const wanted = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
    expect(readdirSync(model.path).sort()).toEqual(wanted);
    for (const name of wanted) {
      const bytes = files.get(name)!;
      const oid = name === WEIGHTS ? sha256(bytes) : gitOid(bytes);
      expect(readFileSync(join(model.path, name)).equals(bytes)).toBe(true);
      expect(readlinkSync(join(model.path, name))).toBe(join('..', '..', 'blobs', oid));
    }
    expect(blobs()).toHaveLength(4);
    expect(readFileSync(join(repo(), 'refs', 'main'), 'utf8')).toBe(hub.commit);
    const fetched = hub.requests.filter((request) => request.path.includes('/resolve/'));
    expect(fetched.every((request) => request.path.startsWith(`/${MODEL}/resolve/${hub.commit}/`))).toBe(true);
  });

  it('makes no request at all the second time, also when told to stay offline', async () => {
    const first = await download();
    hub.requests.length = 0;
    expect(await download()).toEqual(first);
    expect(await download({}, MODEL, { HF_HUB_OFFLINE: '1' })).toEqual(first);
    expect(await download({}, `${MODEL}@${hub.commit}`)).toEqual(first);
    expect(hub.requests).toEqual([]);
  });

  it('fetches only what an older snapshot of another tool lacks', async () => {
    const first = await download();
    rmSync(join(first.path, 'tokenizer.json'));
    rmSync(join(repo(), 'blobs', gitOid(files.get('tokenizer.json')!)));
    hub.requests.length = 0;
    await download();
    expect(hub.requests.filter((request) => request.path.includes('/resolve/')).map((request) => request.path)).toEqual(
      [`/${MODEL}/resolve/${hub.commit}/tokenizer.json`],
    );
  });

  it('reports every file up to its full size', async () => {
    hub.slowMs = 5;
    const seen = new Map<string, number[]>();
    await download({
      onProgress: (file, done, total) => {
        expect(total).toBe(files.get(file)!.length);
        seen.set(file, [...(seen.get(file) ?? []), done]);
      },
    });
    expect([...seen.keys()]).toEqual(['config.json', 'tokenizer_config.json', 'tokenizer.json', WEIGHTS]);
    for (const [file, steps] of seen) {
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      expect(steps.at(-1)).toBe(files.get(file)!.length);
    }
    expect(seen.get(WEIGHTS)!.length).toBeGreaterThan(3);
  });

  it('fetches an index and its parts where the weights are split', async () => {
    hub.files.delete(WEIGHTS);
    hub.files.set('model-00001-of-00002.safetensors', weights.subarray(0, HALF));
    hub.files.set('model-00002-of-00002.safetensors', weights.subarray(HALF));
    const map = {
      a: 'model-00001-of-00002.safetensors',
      b: 'model-00002-of-00002.safetensors',
      c: 'model-00001-of-00002.safetensors',
    };
    hub.files.set('model.safetensors.index.json', Buffer.from(JSON.stringify({ metadata: {}, weight_map: map })));
    const { path } = await download();
    expect(readFileSync(join(path, 'model-00002-of-00002.safetensors')).equals(weights.subarray(HALF))).toBe(true);
    hub.requests.length = 0;
    await download();
    expect(hub.requests).toEqual([]);
  });

  it('sends the token to the hub and never says it', async () => {
    const token = 'hf_secretsecret';
    writeFileSync(join(cache, 'token'), `${token}\n`);
    hub.faults.set(WEIGHTS, [{ kind: 'status', status: 403, errorCode: 'GatedRepo' }]);
    const error = await failure(download({}, MODEL, { HF_TOKEN_PATH: join(cache, 'token') }));
    expect(hub.requests.every((request) => request.authorization === `Bearer ${token}`)).toBe(true);
    const bad = await failure(download({}, MODEL, { HF_TOKEN: 'hf_secret\nsecret' }));
    expect(bad.message).toContain('HF_TOKEN');
    for (const { message, stack, cause } of [error, bad])
      expect(`${message} ${stack} ${String(cause)}`).not.toContain('secret');
  });
});

describe('a broken connection', () => {
  it('goes on with a Range request from the byte where it dropped', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'drop', afterBytes: HALF }]);
    const { path } = await download();
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
    expect(weightRequests().map((request) => request.range)).toEqual([
      undefined,
      `bytes=${HALF}-${weights.length - 1}`,
    ]);
    expect(partials()).toEqual([]);
  });

  it('is noticed when the server falls silent', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'hang', afterBytes: QUARTER }]);
    const { path } = await download({ stallMs: 300 });
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
    expect(weightRequests()).toHaveLength(2);
  });

  it('counts as one when a file without announced length ends early', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'cutShort', byteLength: QUARTER }]);
    const { path } = await download();
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
    expect(weightRequests()[1]?.range).toBe(`bytes=${QUARTER}-${weights.length - 1}`);
  });

  it('starts anew where the server ignores Range', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'drop', afterBytes: QUARTER }, { kind: 'ignoreRange' }]);
    const { path } = await download();
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
    expect(weightRequests().map((request) => request.range)).toEqual([
      undefined,
      `bytes=${QUARTER}-${weights.length - 1}`,
      undefined,
    ]);
  });

  it('is given up after five tries without a byte; the next call goes on from what came', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'drop', afterBytes: HALF }, ...busy(5)]);
    const error = await failure(download());
    expect(error.code).toBe('download');
    expect(error.message).toContain('model.safetensors');
    expect(error.message).toContain('503');
    expect(weightRequests()).toHaveLength(6);
    expect(existsSync(join(repo(), 'blobs', sha256(weights)))).toBe(false);
    hub.requests.length = 0;
    const { path } = await download();
    expect(weightRequests().map((request) => request.range)).toEqual([`bytes=${HALF}-${weights.length - 1}`]);
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
    expect(partials()).toEqual([]);
  });

  it('of a busy server is tried again', async () => {
    hub.faults.set('revision', [{ kind: 'status', status: 503 }]);
    hub.faults.set('paths-info', [{ kind: 'status', status: 429, retryAfter: '0' }]);
    hub.faults.set('config.json', [{ kind: 'status', status: 502 }]);
    await download();
    expect(weightRequests()).toHaveLength(1);
  });

  it('by the user keeps the partial file, and the next call goes on from it', async () => {
    hub.slowMs = 20;
    const stop = new AbortController();
    const interrupted = download({
      signal: stop.signal,
      onProgress: (file, done) => {
        if (file === WEIGHTS && done >= QUARTER) stop.abort();
      },
    });
    await expect(interrupted).rejects.toThrow(/abort/);
    expect(partials()).toHaveLength(1);
    hub.slowMs = 0;
    hub.requests.length = 0;
    const { path } = await download();
    expect(weightRequests()[0]?.range).toMatch(/^bytes=[1-9]\d*-/);
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
  });
});

describe('wrong bytes', () => {
  it('of a large file are found by SHA-256, deleted, and fetched whole the next time', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'flipBit', at: HALF }]);
    const error = await failure(download());
    expect(error.code).toBe('download');
    expect(error.message).toContain(sha256(weights));
    expect(error.message).toContain('deleted');
    expect(partials()).toEqual([]);
    hub.requests.length = 0;
    await download();
    expect(weightRequests().map((request) => request.range)).toEqual([undefined]);
  });

  it('in a partial file that lay on the disk are found too', async () => {
    const path = join(repo(), 'blobs');
    hub.faults.set(WEIGHTS, [{ kind: 'drop', afterBytes: HALF }, ...busy(5)]);
    await failure(download());
    const [partial] = partials();
    writeFileSync(join(path, partial!), Buffer.alloc(HALF, 7));
    expect((await failure(download())).message).toContain('SHA-256');
    expect(partials()).toEqual([]);
  });

  it('of a small file are found by its git id', async () => {
    hub.faults.set('tokenizer.json', [{ kind: 'flipBit', at: 3 }]);
    expect((await failure(download())).message).toContain(gitOid(files.get('tokenizer.json')!));
  });

  it('are refused when the announced length is not the listed one', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'announce', byteLength: weights.length - 1 }]);
    const error = await failure(download());
    expect(error.message).toContain(`${weights.length - 1} bytes`);
    expect(error.message).toContain(`${weights.length}`);
  });

  it('beyond the listed length are refused and deleted', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'tooLong', extraBytes: 100 }]);
    expect((await failure(download())).message).toContain('longer than');
    expect(partials()).toEqual([]);
  });

  it.each(['revision', 'paths-info', 'config.json', WEIGHTS])(
    'are refused when %s answers with a web page',
    async (call) => {
      hub.faults.set(call, [{ kind: 'html' }]);
      const error = await failure(download());
      expect(error.message).toContain('web page');
      expect(error.message).toContain('proxy');
      expect(hub.requests.filter((request) => request.path.includes(call))).toHaveLength(1);
    },
  );
});

describe('a model that cannot be had', () => {
  it('is missing: says to check the spelling', async () => {
    expect((await failure(download({}, 'org/other'))).message).toMatch(/no model org\/other.*spelling/);
  });

  it('has no such revision', async () => {
    expect((await failure(download({}, `${MODEL}@v9`))).message).toContain('no revision "v9"');
  });

  it('is refused without a token: names the page with the terms and HF_TOKEN', async () => {
    hub.faults.set('revision', [{ kind: 'status', status: 401 }]);
    const { message } = await failure(download());
    expect(message).toContain(`${hub.endpoint}/${MODEL}`);
    expect(message).toContain('set HF_TOKEN');
    expect(hub.requests).toHaveLength(1);
  });

  it('is gated: says to accept the terms, then to set HF_TOKEN', async () => {
    hub.faults.set('config.json', [{ kind: 'status', status: 403, errorCode: 'GatedRepo' }]);
    const { message } = await failure(download());
    expect(message).toContain(`accept the terms at ${hub.endpoint}/${MODEL}, then set HF_TOKEN`);
  });

  it('is out of reach: says how to go on without a network', async () => {
    await hub.close();
    const { code, message } = await failure(download());
    expect(code).toBe('download');
    expect(message).toContain('ECONNREFUSED');
    expect(message).toContain('HF_ENDPOINT');
  });

  it('makes no request when told to stay offline', async () => {
    const { message } = await failure(download({}, MODEL, { HF_HUB_OFFLINE: 'true' }));
    expect(message).toContain('HF_HUB_OFFLINE');
    expect(hub.requests).toEqual([]);
  });

  it('does not fit on the disk', async () => {
    hub.listedSizes.set(WEIGHTS, 1e15);
    const error = await failure(download());
    expect(error.code).toBe('file');
    expect(error.message).toContain('1000000000 MB');
    expect(weightRequests()).toEqual([]);
  });

  it('has no tokenizer.json: says how to make one, with all else that is missing', async () => {
    hub.files.delete('tokenizer.json');
    hub.files.delete('config.json');
    const { code, message } = await failure(download());
    expect(code).toBe('input');
    expect(message).toContain('config.json is missing');
    expect(message).toContain(`AutoTokenizer.from_pretrained('${MODEL}'`);
  });

  it('has only pickled weights: says why not and how to convert', async () => {
    hub.files.delete(WEIGHTS);
    const { message } = await failure(download());
    expect(message).toContain('pytorch_model.bin');
    expect(message).toContain('any code');
    expect(message).toContain('safe_serialization=True');
  });

  it('is of another kind: is refused before its weights are fetched', async () => {
    hub.files.set('config.json', Buffer.from('{"model_type": "llama"}'));
    expect((await failure(download())).message).toContain('model_type must be');
    expect(weightRequests()).toEqual([]);
  });

  it('has an index that leads out of its folder', async () => {
    hub.files.delete(WEIGHTS);
    hub.files.set('model.safetensors.index.json', Buffer.from('{"weight_map": {"a": "../../x.safetensors"}}'));
    expect((await failure(download())).message).toContain('is not an index');
  });
});

describe('two downloads at once', () => {
  it('in one process fetch every file once', async () => {
    hub.slowMs = 5;
    const [first, second] = await Promise.all([download(), download()]);
    expect(second).toEqual(first);
    expect(readFileSync(join(first.path, WEIGHTS)).equals(weights)).toBe(true);
    expect(weightRequests()).toHaveLength(1);
    expect(partials()).toEqual([]);
  });

  it('in two processes leave one whole model', async () => {
    hub.slowMs = 5;
    const outputs = await Promise.all([runChild().done, runChild().done]);
    for (const output of outputs) expect(output).toContain(join(repo(), 'snapshots', hub.commit));
    expect(readFileSync(join(repo(), 'blobs', sha256(weights))).equals(weights)).toBe(true);
    expect(partials()).toEqual([]);
  });

  it('of which one was killed: the other goes on from its bytes', async () => {
    hub.slowMs = 50;
    const child = runChild();
    while (
      !partials().some(
        (name) => name.startsWith(sha256(weights)) && statSync(join(repo(), 'blobs', name)).size > QUARTER,
      )
    )
      await sleep(10);
    child.process.kill('SIGKILL');
    await child.done;
    hub.slowMs = 0;
    hub.requests.length = 0;
    const { path } = await download();
    expect(weightRequests().map((request) => request.range)).toEqual([expect.stringMatching(/^bytes=[1-9]\d+-/)]);
    expect(readFileSync(join(path, WEIGHTS)).equals(weights)).toBe(true);
    expect(partials()).toEqual([]);
  });

  it('wait only for a process that still writes', async () => {
    hub.faults.set(WEIGHTS, [{ kind: 'drop', afterBytes: HALF }, ...busy(5)]);
    await failure(download());
    const left = join(repo(), 'blobs', partials()[0]!);
    // Of a machine that nobody can ask, an hour ago.
    const foreign = join(repo(), 'blobs', `${sha256(weights)}.darse-elsewhere-1.incomplete`);
    writeFileSync(foreign, readFileSync(left));
    rmSync(left);
    utimesSync(foreign, new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));
    await download();
    expect(partials()).toEqual([]);
  });
});

describe('a name or path', () => {
  it('of the bundled model needs no network', async () => {
    const model = await resolveModel('minilm-l6');
    expect(model.name).toBe('minilm-l6');
    expect(readdirSync(model.path)).toContain('model.safetensors');
    expect(model.revision).toBeUndefined();
  });

  it('of a folder is used as it is', async () => {
    for (const name of ['config.json', 'tokenizer.json', WEIGHTS]) writeFileSync(join(cache, name), files.get(name)!);
    expect(await resolveModel(cache)).toMatchObject({ path: cache });
  });

  it('of a wrong folder lists all that is missing and what is there', async () => {
    writeFileSync(join(cache, 'pytorch_model.bin'), '');
    writeFileSync(join(cache, 'vocab.txt'), '');
    const { code, message } = await failure(resolveModel(cache));
    expect(code).toBe('input');
    for (const part of ['config.json is missing', 'tokenizer.json is missing', 'pickle', 'vocab.txt'])
      expect(message).toContain(part);
  });

  it('of a folder with an index names the parts that are missing', async () => {
    for (const name of ['config.json', 'tokenizer.json']) writeFileSync(join(cache, name), files.get(name)!);
    writeFileSync(
      join(cache, 'model.safetensors.index.json'),
      '{"weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}}',
    );
    writeFileSync(join(cache, 'm-1.safetensors'), '');
    const { message } = await failure(resolveModel(cache));
    expect(message).toContain('m-2.safetensors is missing');
    expect(message).not.toContain('m-1.safetensors is missing');
  });

  it.each(['roberta-base', 'a/b/c', '../x/y', 'org/..', 'org/a--b', 'org/name@../../x', './no-folder'])(
    'like %s that is neither folder nor hub id is refused without a request',
    async (name) => {
      const { code, message } = await failure(download({}, name));
      expect(code).toBe('input');
      expect(message).toContain('minilm-l6');
      expect(hub.requests).toEqual([]);
    },
  );
});

describe('the environment', () => {
  it('chooses the cache as huggingface_hub does', () => {
    expect(hubSettings({ HF_HUB_CACHE: '/a', HF_HOME: '/b' }).cacheFolder).toBe('/a');
    expect(hubSettings({ HF_HOME: '/b', XDG_CACHE_HOME: '/c' })).toMatchObject({
      cacheFolder: '/b/hub',
      tokenFile: '/b/token',
    });
    expect(hubSettings({ XDG_CACHE_HOME: '/c' }).cacheFolder).toBe('/c/huggingface/hub');
    expect(hubSettings({}).cacheFolder).toMatch(/\.cache\/huggingface\/hub$/);
    expect(hubSettings({ HF_ENDPOINT: 'https://mirror.example/' }).endpoint).toBe('https://mirror.example');
  });
});

it('lists a downloaded model only when it is whole', async () => {
  const settings = hubSettings(environment());
  const { path } = await download();
  const [bundled, downloaded, ...others] = await listModels(settings);
  expect(bundled).toMatchObject({ name: 'minilm-l6', bundled: true });
  const byteLength = ['config.json', 'tokenizer.json', 'tokenizer_config.json', WEIGHTS].reduce(
    (sum, name) => sum + files.get(name)!.length,
    0,
  );
  expect(downloaded).toEqual({ path, name: MODEL, revision: hub.commit, bundled: false, refs: ['main'], byteLength });
  expect(others).toEqual([]);
  rmSync(join(repo(), 'blobs', sha256(weights)));
  expect(await listModels(settings)).toHaveLength(1);
});
