/** What a vector costs and how well it does; less of either is better. */
export interface Tradeoff {
  readonly parameters: number;
  readonly score: number;
}

/** The points that no other beats: none has at most their parameters and at most their score, and less of one. By ascending parameters; equals stay. */
export function paretoFront<Point extends Tradeoff>(points: readonly Point[]): Point[] {
  const front: Point[] = [];
  for (const point of points.toSorted((a, b) => a.parameters - b.parameters || a.score - b.score)) {
    const last = front.at(-1);
    const isEqual = last?.parameters === point.parameters && last.score === point.score;
    if (last === undefined || point.score < last.score || isEqual) front.push(point);
  }
  return front;
}
