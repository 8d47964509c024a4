import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DarseError } from '../../shared/study/darseError.ts';

/** Where models are cached and fetched from; the same environment variables as Python's huggingface_hub. */
export interface HubSettings {
  /** Holds one folder `models--org--name` per model. */
  readonly cacheFolder: string;
  /** The server's address without a slash at the end. */
  readonly endpoint: string;
  /** No request may be made. */
  readonly offline: boolean;
  /** The file that a token is read from where `HF_TOKEN` is not set. */
  readonly tokenFile: string;
  /** `HF_TOKEN`, or null. Never to be printed. */
  readonly token: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const TRUE_WORDS = new Set(['1', 'ON', 'YES', 'TRUE']);

/** The settings that an environment asks for (huggingface_hub, "Environment variables"); an empty variable counts as unset. */
export function hubSettings(environment: Environment): HubSettings {
  const value = (name: string) => environment[name]?.trim() || undefined;
  const isTrue = (name: string) => TRUE_WORDS.has((value(name) ?? '').toUpperCase());
  const home = value('HF_HOME') ?? join(value('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
  return {
    cacheFolder: value('HF_HUB_CACHE') ?? value('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
    endpoint: (value('HF_ENDPOINT') ?? 'https://huggingface.co').replace(/\/+$/, ''),
    offline: isTrue('HF_HUB_OFFLINE') || isTrue('TRANSFORMERS_OFFLINE'),
    tokenFile: value('HF_TOKEN_PATH') ?? join(home, 'token'),
    token: value('HF_TOKEN') ?? null,
  };
}

/** The access token, or null; a token that cannot stand in a header is a `usage` error that does not repeat it. */
export async function readToken(settings: HubSettings): Promise<string | null> {
  const token = settings.token ?? (await readFile(settings.tokenFile, 'utf8').catch(() => '')).trim();
  if (!/^[\x21-\x7e]*$/.test(token)) {
    const origin = settings.token === null ? `the file ${settings.tokenFile}` : 'HF_TOKEN';
    throw new DarseError('usage', `the access token in ${origin} has blanks or other characters that no token has`);
  }
  return token === '' ? null : token;
}
