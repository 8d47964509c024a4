import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { type CommandContext, createCommandContext } from './commandContext.ts';

/** What a command's module exports: its flags, and what it does; the number is the exit code. */
interface CommandModule {
  readonly declare: (command: Command) => void;
  readonly run: (context: CommandContext) => Promise<number>;
}

/** The commands; a module is loaded only when its command is called, which keeps `darse --help` quick. */
const COMMANDS: readonly {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<CommandModule>;
}[] = [
  { name: 'train', about: 'one training run: adapter, heads, metrics', load: () => import('./commands/train.ts') },
  {
    name: 'evaluate',
    about: 'metrics of a trained adapter on labelled data',
    load: () => import('./commands/evaluate.ts'),
  },
  { name: 'predict', about: 'scores and classes of texts', load: () => import('./commands/predict.ts') },
  {
    name: 'engines',
    about: 'what computes here, and why an engine does not; install one',
    load: () => import('./commands/engines.ts'),
  },
  {
    name: 'models',
    about: 'backbones that are here: bundled and downloaded',
    load: () => import('./commands/models.ts'),
  },
];

/** Runs the command line; returns the exit code: 0 done, 1 failed, 2 bad input or usage, 130 interrupted. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('darse')
    .description('How many LoRA ranks, and where: trains sentiment adapters for BERT and RoBERTa encoders.')
    .version(packageVersion())
    .exitOverride();
  for (const { name, about, load } of COMMANDS) {
    const command = program
      .command(name)
      .description(about)
      .exitOverride()
      .showHelpAfterError('(--help lists what is allowed)');
    if (!args.includes(name)) continue;
    const module = await load();
    command.option('--json', 'machine-readable result on standard output; everything else on standard error');
    command.option('--quiet', 'no progress and no notes, errors only');
    module.declare(command);
    command.action(async () => {
      exitCode = await runCommand(module, command);
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

async function runCommand({ run }: CommandModule, command: Command): Promise<number> {
  const { DarseError } = await import('../shared/study/darseError.ts');
  const options = command.opts<{ json?: boolean; quiet?: boolean }>();
  const context = createCommandContext(options, command.args, {
    json: options.json === true,
    quiet: options.quiet === true,
  });
  try {
    return await run(context);
  } catch (error) {
    if (!(error instanceof DarseError)) throw error;
    context.error(error);
    return error.code === 'usage' || error.code === 'input' ? 2 : 1;
  }
}

function packageVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
