import { DarseError } from '../shared/study/darseError.ts';
import { type CommandContext, createCommandContext } from './commandContext.ts';

/** Runs a command and turns what it throws on purpose into a message and an exit code: 2 for bad input or usage, 1 for the rest. */
export async function runCommand(
  run: (context: CommandContext) => Promise<number>,
  options: Readonly<Record<string, unknown>>,
  args: readonly string[],
): Promise<number> {
  const context = createCommandContext(options, args, {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
  });
  try {
    return await run(context);
  } catch (error) {
    if (!(error instanceof DarseError)) throw error;
    context.error(error);
    return error.code === 'usage' || error.code === 'input' ? 2 : 1;
  }
}
