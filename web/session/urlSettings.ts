/**
 * Settings in the page's address (`?epochs=5&ranks=4@8@16`): any field of a training by its name in a `--config` file. They go before the
 * page's own; what is not allowed is told when the training begins.
 */
export function urlSettings(): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(location.search));
}
