import { DarseError, problemsError } from '../study/darseError.ts';
import type { Example } from './example.ts';

/** The ids of each part, in the order in which the part's examples stand. The test part may be empty. */
export interface Split {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

const PARTS = ['train', 'validation', 'test'] as const;

/** What a split file says beside the ids. */
export interface SplitOrigin {
  /** The data set's name. */
  readonly dataset: string;
  readonly seed: number;
  /** How the parts were drawn, in words. */
  readonly method: string;
  /** See `hashExamples`. */
  readonly dataHash?: string;
}

/** A split as the text of a JSON file, which `parseSplit` reads. */
export function formatSplit({ train, validation, test }: Split, origin: SplitOrigin): string {
  return `${JSON.stringify({ ...origin, train, validation, test })}\n`;
}

/**
 * Reads the content of a split file, `{train: [ids], validation: [ids], test: [ids]}` with anything beside them; `test` may
 * be absent.
 *
 * Throws one `input` error with all problems: lists that are absent, of the wrong type or (but test) empty, ids that are
 * neither text nor whole numbers, that the data lack, or that are in the split twice.
 */
export function parseSplit(json: unknown, examples: readonly Example[]): Split {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new DarseError('input', 'a split must be an object with the lists "train", "validation" and "test"');
  }
  const lists = new Map<string, unknown>(Object.entries(json));
  const known = new Set(examples.map(({ id }) => id));
  const partOfId = new Map<string, string>();
  const problems: string[] = [];
  const read = (part: string): string[] => {
    const list = lists.get(part) ?? (part === 'test' ? [] : undefined);
    if (!Array.isArray(list)) {
      problems.push(`"${part}" must be a list of ids`);
      return [];
    }
    if (list.length === 0 && part !== 'test') problems.push(`"${part}" is empty`);
    const ids: string[] = [];
    for (const [index, entry] of list.entries()) {
      const id: unknown = Number.isSafeInteger(entry) ? String(entry) : entry;
      const place = `${part}[${index}]`;
      if (typeof id !== 'string')
        problems.push(`${place} must be an id, a text or a whole number, got ${JSON.stringify(id)}`);
      else if (!known.has(id)) problems.push(`${place}: no example has the id ${JSON.stringify(id)}`);
      else if (partOfId.has(id)) problems.push(`${place}: ${JSON.stringify(id)} is already in ${partOfId.get(id)}`);
      else {
        partOfId.set(id, part);
        ids.push(id);
      }
    }
    return ids;
  };
  const [train = [], validation = [], test = []] = PARTS.map(read);
  if (problems.length > 0) throw problemsError('input', 'the split does not fit the data:', problems);
  return { train, validation, test };
}

/** The examples of each part, in the order of its ids; `input` error for an id that no example has. */
export function partsOf(
  examples: readonly Example[],
  split: Split,
): { train: Example[]; validation: Example[]; test: Example[] } {
  const byId = new Map(examples.map((example) => [example.id, example]));
  const part = (ids: readonly string[]): Example[] =>
    ids.map((id) => {
      const example = byId.get(id);
      if (!example) throw new DarseError('input', `the split names ${JSON.stringify(id)}, which is no example's id`);
      return example;
    });
  return { train: part(split.train), validation: part(split.validation), test: part(split.test) };
}
