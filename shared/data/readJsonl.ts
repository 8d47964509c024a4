import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import { decodeUtf8 } from './decodeUtf8.ts';
import { type ChooseColumns, MAX_ROW_CHARACTERS, type TableItem, type TableItems } from './table.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads JSON lines: one object a line, blank lines skipped. The columns are the keys of the first stretch of lines, so a
 * first object may lack one. A line that is no object, or too long, is a problem.
 *
 * Throws `input` for a JSON array, which is another format.
 */
export async function* readJsonl(source: ByteSource, choose: ChooseColumns): TableItems {
  let pending = '';
  let isSkipping = false;
  let line = 0;
  let number = 0;
  let chosen: readonly string[] | undefined;

  const takeLines = (lines: readonly string[]): TableItem[] => {
    const items: TableItem[] = [];
    const objects: { object: JsonObject; line: number; number: number }[] = [];
    for (const text of lines) {
      line++;
      if (isSkipping || text.trim() === '') {
        isSkipping = false;
        continue;
      }
      number++;
      if (number === 1 && text.trimStart().startsWith('[')) {
        throw new DarseError('input', `${source.name} holds a JSON array: write one object a line (JSON lines)`);
      }
      const object = parseObject(text);
      if (object) objects.push({ object, line, number });
      else items.push({ kind: 'problem', number, line, message: notAnObject(text) });
    }
    if (objects.length > 0) chosen ??= choose([...new Set(objects.flatMap(({ object }) => Object.keys(object)))]);
    const names = chosen ?? [];
    for (const { object, ...place } of objects) {
      items.push({ kind: 'row', ...place, values: names.map((name) => ownValue(object, name)) });
    }
    return items;
  };

  for await (const { text, problems } of decodeUtf8(source.name, source.stream())) {
    if (problems.length > 0) yield problems;
    pending += text;
    if (text.includes('\n')) {
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      yield takeLines(lines);
    }
    if (pending.length > MAX_ROW_CHARACTERS) {
      if (!isSkipping) {
        number++;
        yield [{ kind: 'problem', number, line: line + 1, message: `over ${MAX_ROW_CHARACTERS} characters` }];
      }
      isSkipping = true;
      pending = '';
    }
  }
  yield takeLines([pending]);
}

/** Python's JSON writer makes NaN and Infinity of numbers that are none. */
function notAnObject(text: string): string {
  const word = /(?<=[:,[]\s*)-?(?:NaN|Infinity)\b/.exec(text)?.[0];
  return `not a JSON object${word === undefined ? '' : `: JSON has no ${word}, leave out what is not known`}`;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never what an object inherits: a column may be called `__proto__` or `toString`. */
function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
