import { open } from 'node:fs/promises';
import type { OpenHistory } from '../shared/history/openHistory.ts';
import { formatRecord, parseHistory } from '../shared/history/record.ts';
import { DarseError } from '../shared/study/darseError.ts';
import { fileProblem } from './fileSource.ts';

/** Opens a history for appending: records are kept, a torn last line is cut off; `problems` says what was wrong with the rest. */
export async function openHistory(path: string): Promise<OpenHistory> {
  const file = await open(path, 'a+').catch((cause: NodeJS.ErrnoException) => {
    throw new DarseError('file', `cannot write ${path}: ${fileProblem(cause)}`, { cause });
  });
  const bytes = await file.readFile();
  const { records, problems } = parseHistory(bytes.toString('utf8'));
  // Counted in bytes: a damaged line need not be UTF-8.
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  if (wholeBytes < bytes.length) await file.truncate(wholeBytes);
  return {
    records,
    problems,
    async append(record) {
      await file.appendFile(`${formatRecord(record)}\n`).catch((cause: NodeJS.ErrnoException) => {
        throw new DarseError('file', `cannot write ${path}: ${fileProblem(cause)}`, { cause });
      });
    },
    async close() {
      await file.sync();
      await file.close();
    },
  };
}
