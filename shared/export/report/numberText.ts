/** An MSE, to four digits. */
export function scoreText(score: number): string {
  return withMinus(score.toPrecision(4));
}

/** A difference with its sign, to the decimals of the scores it lies between. */
export function differenceText(difference: number, near: number): string {
  const decimals = near > 0 ? Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(near)))) : 4;
  const text = Math.abs(difference) < 1e6 ? difference.toFixed(decimals) : difference.toPrecision(4);
  return withMinus(difference > 0 ? `+${text}` : text);
}

/** A share in percent, to three digits. */
export function percentText(share: number): string {
  return withMinus(`${Number((100 * share).toPrecision(3))}\u00a0%`);
}

/** A share of rows in percent, to a tenth. */
export function rateText(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

export function countText(count: number): string {
  return withMinus(count.toLocaleString('en'));
}

/** `1 training`, `3 trainings`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration: `14.6 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${countText(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

function withMinus(text: string): string {
  return text.replaceAll('-', '−');
}
