import type { EngineDescription } from '../shared/engines/engine.ts';
import type { HistoryRecord } from '../shared/history/record.ts';
import type { CommandContext } from './commandContext.ts';

/** Going on with other versions, another device or number of threads is allowed, but its last digits may differ. */
export function noteOtherEngine(
  context: CommandContext,
  engine: EngineDescription,
  records: readonly HistoryRecord[],
): void {
  const before = records.findLast((record) => record['engine'] !== undefined)?.['engine'];
  if (before === undefined || JSON.stringify(before) === JSON.stringify(engine)) return;
  context.note(
    'note: engine, device or versions are not those that trained so far; the numbers may differ in their last digits',
  );
}
