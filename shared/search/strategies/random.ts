import { type RandomKey, foldKey, randomKey } from '../../study/random.ts';
import { affordableRanks, randomBelow } from '../affordableRanks.ts';
import { chooseBest } from '../chooseBest.ts';
import type { Strategy } from '../strategy.ts';

/** Vectors proposed at a time, so that several may be trained at once. */
const BATCH = 16;

/** All affordable vectors in an order drawn from the seed: random search without repeats. */
export function randomStrategy(): Strategy {
  return {
    *propose(space, seed) {
      const vectors = affordableRanks(space);
      const order = shuffledBelow(vectors.count, randomKey(seed, 'random strategy'));
      for (;;) {
        const batch = [...take(order, BATCH)];
        if (batch.length === 0) return;
        yield batch.map((index) => vectors.at(index));
      }
    },
    choose: chooseBest,
  };
}

/** 0 … limit - 1 in random order, one at a time: Fisher–Yates that keeps only the places it has touched. */
function* shuffledBelow(limit: bigint, key: RandomKey): Generator<bigint, void> {
  const moved = new Map<bigint, bigint>();
  let draw = 0;
  for (let first = 0n; first < limit; first++) {
    const drawn = first + randomBelow(limit - first, foldKey(key, draw++));
    yield moved.get(drawn) ?? drawn;
    moved.set(drawn, moved.get(first) ?? first);
    moved.delete(first);
  }
}

function* take<T>(values: Iterator<T, void>, count: number): Generator<T> {
  for (let i = 0; i < count; i++) {
    const { value, done } = values.next();
    if (done) return;
    if (value !== undefined) yield value;
  }
}
