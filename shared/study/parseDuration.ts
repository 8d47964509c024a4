import { DarseError } from './darseError.ts';

/** A duration in seconds from `90s`, `30m`, `2h` or `1h30m`; throws `usage` for what is none or is 0. */
export function parseDuration(flag: string, text: string): number {
  const match = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text.trim());
  const [hours, minutes, seconds] = [match?.[1], match?.[2], match?.[3]].map((part) => Number(part ?? 0));
  const total = 3600 * (hours ?? 0) + 60 * (minutes ?? 0) + (seconds ?? 0);
  if (match === null || !(total > 0)) {
    throw new DarseError('usage', `${flag} must be a duration such as 90s, 30m or 1h30m, got "${text}"`);
  }
  return total;
}
