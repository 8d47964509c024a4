import { foldKey, mix32 } from '../study/random.ts';

/** Texts that share at least this part of their shingles are near-equal. */
const LEAST_SIMILARITY = 0.8;
/** Characters of a shingle. */
const SHINGLE = 5;
/** A pair at the least similarity agrees in none of the bands with probability (1 - 0.8^3)^16 = 1e-5. */
const BANDS = 16;
const BAND_ROWS = 3;

const LINK = /(?:https?:\/\/|www\.)\S+/gi;

/**
 * A text's letters, their marks and its digits, without case, width variants, punctuation, white space and links; where
 * that leaves nothing (only emoji, only a link), the text without case and white space.
 */
export function canonicalText(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase();
  return plain.replace(LINK, '').replace(/[^\p{L}\p{M}\p{N}]+/gu, '') || plain.replace(/\s+/g, '');
}

/**
 * Groups equal and near-equal texts: `groups[i]` is the group of text i, numbered from 0 by first appearance. Two texts
 * are in one group when their canonical texts are equal, or share 80 % (Jaccard) of their five-character shingles, or both
 * are in the group of a third. Near-equal pairs are looked for by MinHash (A. Broder, 1997; one permutation, P. Li et al.,
 * 2012): time grows linearly with the length of all texts, and only pairs compared exactly are joined. The grouping does
 * not depend on the order of the texts.
 */
export function nearEqualGroups(canonicalTexts: readonly string[]): Uint32Array {
  const distinct = [...new Set(canonicalTexts)].sort();
  const parents = joinNearEqual(distinct);
  const rootOfText = new Map(distinct.map((text, index) => [text, rootOf(parents, index)]));
  const numberOfRoot = new Map<number | undefined, number>();
  return Uint32Array.from(canonicalTexts, (text) => {
    const root = rootOfText.get(text);
    const number = numberOfRoot.get(root) ?? numberOfRoot.size;
    numberOfRoot.set(root, number);
    return number;
  });
}

/** A forest over the texts: near-equal ones hang under one root. */
function joinNearEqual(texts: readonly string[]): Uint32Array {
  const parents = Uint32Array.from(texts, (_, index) => index);
  const signatures = texts.map((text) => minHashes(shingles(text)));
  for (let band = 0; band < BANDS; band++) {
    const firstOfBucket = new Map<number, number>();
    for (const [index, signature] of signatures.entries()) {
      const bucket = bandKey(signature, band);
      const first = firstOfBucket.get(bucket);
      if (first === undefined) {
        firstOfBucket.set(bucket, index);
        continue;
      }
      const root = rootOf(parents, index);
      const firstRoot = rootOf(parents, first);
      if (root !== firstRoot && isNearEqual(texts[index] ?? '', texts[first] ?? '')) parents[root] = firstRoot;
    }
  }
  return parents;
}

function rootOf(parents: Uint32Array, index: number): number {
  let root = index;
  for (let parent = parents[root] ?? root; parent !== root; parent = parents[root] ?? root) {
    parents[root] = parents[parent] ?? parent;
    root = parent;
  }
  return root;
}

function isNearEqual(a: string, b: string): boolean {
  const ofA = shingles(a);
  const ofB = shingles(b);
  let shared = 0;
  for (const shingle of ofA) if (ofB.has(shingle)) shared++;
  return shared >= LEAST_SIMILARITY * (ofA.size + ofB.size - shared);
}

/** The hashes of all stretches of five characters; of the whole text where it is shorter. */
function shingles(text: string): Set<number> {
  const hashes = new Set<number>();
  for (let begin = 0; begin === 0 || begin + SHINGLE <= text.length; begin++) {
    let hash = 0;
    for (let i = begin; i < Math.min(begin + SHINGLE, text.length); i++) hash = foldKey(hash, text.charCodeAt(i));
    hashes.add(hash >>> 0);
  }
  return hashes;
}

/** Each shingle falls into one of the bins, and the least hash of a bin is kept; an empty bin borrows another's. */
function minHashes(hashes: ReadonlySet<number>): Uint32Array {
  const bins = BANDS * BAND_ROWS;
  const none = 0xffff_ffff; // above all hashes, which have 31 bits
  const least = new Uint32Array(bins).fill(none);
  for (const hash of hashes) {
    const bin = hash % bins;
    least[bin] = Math.min(least[bin] ?? none, mix32(hash) >>> 1);
  }
  return least.map((hash, bin) => {
    let lender = bin;
    for (let attempt = 0; least[lender] === none; attempt++) lender = (foldKey(bin, attempt) >>> 0) % bins;
    return least[lender] ?? hash;
  });
}

/** A key of 53 bits: the band's rows of a signature. */
function bandKey(signature: Uint32Array, band: number): number {
  let high = band;
  let low = ~band;
  for (const hash of signature.subarray(band * BAND_ROWS, (band + 1) * BAND_ROWS)) {
    high = foldKey(high, hash);
    low = foldKey(low, hash ^ high);
  }
  return (high >>> 0) * 0x20_0000 + (low >>> 11);
}
