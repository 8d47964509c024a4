/** At most `most` of some points, evenly spaced, the last one among them. */
export function thinned<Point>(points: readonly Point[], most: number): readonly Point[] {
  const every = Math.ceil(points.length / most);
  return every <= 1 ? points : points.filter((_, i) => (points.length - 1 - i) % every === 0);
}
