import { DarseError } from '../shared/study/darseError.ts';
import { type CommandContext, createCommandContext } from './commandContext.ts';
import { internalErrorText } from './internalError.mjs';
import type { Interruption } from './interruption.mjs';

/** Runs a command and turns what it throws into a message and an exit code: 2 for bad input or usage, 1 for the rest. */
export async function runCommand(
  run: (context: CommandContext) => Promise<number>,
  options: Readonly<Record<string, unknown>>,
  args: readonly string[],
  interruption: Interruption,
): Promise<number> {
  const json = options['json'] === true;
  const context = createCommandContext(options, args, { json, quiet: options['quiet'] === true, interruption });
  try {
    return await run(context);
  } catch (error) {
    if (error instanceof DarseError && error.code !== 'internal') {
      context.error(error.code, error.message);
      return error.code === 'usage' || error.code === 'input' ? 2 : 1;
    }
    context.error('internal', internalErrorText(error));
    return 1;
  }
}
