import { DarseError } from '../../shared/study/darseError.ts';
import type { HubSettings } from './hubSettings.ts';

/** A failure that may pass by itself: a dropped connection, a busy server. */
export class PassingFailure extends Error {
  /** How long the server asked to wait, if it did. */
  readonly waitMs: number;

  constructor(message: string, waitMs = 0, options?: ErrorOptions) {
    super(message, options);
    this.waitMs = waitMs;
  }
}

/** The server sent the whole file although only its rest was asked for. */
export class RangeIgnored extends Error {}

export interface HubFetchOptions {
  readonly settings: HubSettings;
  readonly token: string | null;
  /** `org/name`, for messages. */
  readonly model: string;
  readonly revision: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A `fetch` for one model that hands through only usable answers: it adds the token, and turns everything else into a `DarseError`
 * that says what to do, a `PassingFailure` (worth another try), or `RangeIgnored`. The token goes to the hub's own address only.
 */
export function createHubFetch(options: HubFetchOptions): typeof fetch {
  const { settings, token, signal } = options;
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    headers.set('User-Agent', 'darse');
    // A compressed answer would hide the length of the file.
    headers.set('Accept-Encoding', 'identity');
    if (token !== null && url.origin === new URL(settings.endpoint).origin)
      headers.set('Authorization', `Bearer ${token}`);
    const response = await fetch(url, { ...init, headers, signal: signal ?? null }).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw unreachable(cause, options);
    });
    try {
      checkAnswer(response, headers.get('Range'), options);
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
    return response;
  };
}

function checkAnswer(response: Response, range: string | null, options: HubFetchOptions): void {
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('Retry-After') ?? 0);
    throw new PassingFailure(`the server is busy (status ${status})`, Number.isFinite(seconds) ? seconds * 1000 : 0);
  }
  if (!response.ok) throw refusal(status, response.headers.get('X-Error-Code') ?? '', options);
  if (/^text\/html\b/i.test(response.headers.get('Content-Type') ?? '')) {
    throw new DarseError(
      'download',
      `${new URL(response.url).origin} sent a web page instead of ${options.model}'s files; a proxy or a log-in page of the network may stand in between: open the address in a browser, or set HF_ENDPOINT to a mirror`,
    );
  }
  if (range === null) return;
  const sent = response.headers.get('Content-Range');
  const begin = /^bytes=(\d+)-/.exec(range)?.[1];
  if (status !== 206 || sent?.startsWith(`bytes ${begin}-`) !== true) throw new RangeIgnored();
}

/** What a refusal means and what to do; codes as the hub's `X-Error-Code` has them. */
function refusal(status: number, code: string, { settings, token, model, revision }: HubFetchOptions): DarseError {
  const page = `${settings.endpoint}/${model}`;
  if (code === 'GatedRepo' || (status === 403 && code === '')) {
    const then =
      token === null ? 'then set HF_TOKEN to a token of yours' : 'then use a token of the account that accepted them';
    return new DarseError(
      'download',
      `${model} is gated: accept the terms at ${page}, ${then} (${settings.endpoint}/settings/tokens)`,
    );
  }
  if (code === 'RevisionNotFound') {
    return new DarseError(
      'download',
      `${model} has no revision "${revision}"; ${page}/tree/main lists branches and tags`,
    );
  }
  if (code === 'EntryNotFound')
    return new DarseError(
      'download',
      `a file of ${model} is missing at revision ${revision}: see ${page}/tree/${revision}`,
    );
  if (status === 401 || status === 403) {
    const why =
      token === null
        ? 'and no HF_TOKEN is set'
        : 'or the token given (HF_TOKEN or the token file) is wrong or may not read it';
    return new DarseError(
      'download',
      `the hub refused ${model} (status ${status}): there is no such model, or it is private or gated ${why}; check the spelling at ${page}, accept its terms there, then set HF_TOKEN`,
    );
  }
  if (status === 404) {
    return new DarseError(
      'download',
      `there is no model ${model} at ${settings.endpoint}; check the spelling (no folder has this name here either)`,
    );
  }
  return new DarseError('download', `the hub refused ${model} with status ${status}${code === '' ? '' : ` (${code})`}`);
}

/** A host that is not there is reported at once; other failures of a connection may pass. */
function unreachable(cause: unknown, { settings, model }: HubFetchOptions): Error {
  const code = systemCode(cause);
  if (code !== 'ENOTFOUND' && code !== 'ECONNREFUSED' && code !== 'EAI_AGAIN' && code !== 'ENETUNREACH') {
    return new PassingFailure(`the connection failed (${code})`, 0, { cause });
  }
  return new DarseError(
    'download',
    `cannot reach ${settings.endpoint} (${code}) to download ${model}: go online, set HF_ENDPOINT to a mirror, or give --model a folder; copying ${settings.cacheFolder} from another machine works too. Behind a proxy, Node reads HTTPS_PROXY with NODE_USE_ENV_PROXY=1 (from 22.21 and 24)`,
    { cause },
  );
}

/** The system's word for a failure, which `fetch` hides in its cause. */
function systemCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.message : String(error);
}
