// Plain JavaScript, type-checked: `darse --help` answers before any TypeScript is loaded.
import { Command, CommanderError } from 'commander';
import { catchInterrupts } from './interruption.mjs';
import { packageVersion } from './packageVersion.mjs';

/**
 * What a command's module exports: its flags, and what it does; the number is the exit code.
 * @typedef {{
 *   declare: (command: Command) => void,
 *   run: (context: import('./commandContext.ts').CommandContext) => Promise<number>,
 * }} CommandModule
 */

/**
 * The commands; a module is loaded only when its command is called.
 * @type {readonly { name: string, about: string, load: () => Promise<CommandModule> }[]}
 */
const COMMANDS = [
  { name: 'train', about: 'one training run: adapter, heads, metrics', load: () => import('./commands/train.ts') },
  {
    name: 'search',
    about: 'a study: the best ranks under a parameter budget',
    load: () => import('./commands/search.ts'),
  },
  {
    name: 'forecast',
    about: 'time and memory that a study would take here, and the smallest gain it could show',
    load: () => import('./commands/forecast.ts'),
  },
  { name: 'resume', about: 'go on with a study where it stood', load: () => import('./commands/resume.ts') },
  { name: 'stop', about: 'ask whoever works at a study to save and leave', load: () => import('./commands/stop.ts') },
  {
    name: 'reproduce',
    about: 'an experiment of the paper, in the layout of its tables',
    load: () => import('./commands/reproduce.ts'),
  },
  { name: 'status', about: 'where a study stands', load: () => import('./commands/status.ts') },
  {
    name: 'report',
    about: 'write the report of a study again, or of several side by side',
    load: () => import('./commands/report.ts'),
  },
  {
    name: 'evaluate',
    about: 'metrics of a trained adapter on labelled data',
    load: () => import('./commands/evaluate.ts'),
  },
  { name: 'predict', about: 'scores and classes of texts', load: () => import('./commands/predict.ts') },
  {
    name: 'simulate',
    about: 'play a search strategy on recorded results, without training',
    load: () => import('./commands/simulate.ts'),
  },
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

/**
 * Runs the command line; returns the exit code: 0 done, 1 failed, 2 bad input or usage, 130 interrupted.
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function main(args) {
  let exitCode = 0;
  const interruption = catchInterrupts();
  const program = new Command('darse')
    .description('How many LoRA ranks, and where: trains sentiment adapters for BERT and RoBERTa encoders.')
    .version(packageVersion())
    .showHelpAfterError('(--help lists what is allowed)')
    .exitOverride();
  for (const { name, about, load } of COMMANDS) {
    const command = program.command(name).description(about).copyInheritedSettings(program);
    if (!args.includes(name)) continue;
    await registerTypeScript();
    const module = await load();
    command.option('--json', 'machine-readable result on standard output; everything else on standard error');
    command.option('--quiet', 'no progress and no notes, errors only');
    module.declare(command);
    command.action(async () => {
      const { runCommand } = await import('./runCommand.ts');
      exitCode = await runCommand(module.run, command.opts(), command.args, interruption);
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const result = { error: { code: 'usage', message: error.message } };
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return 2;
  } finally {
    interruption.release();
  }
  return exitCode;
}

/** Node from 22.18 on strips types itself; older ones load the sources through tsx. */
export async function registerTypeScript() {
  if ('typescript' in process.features && process.features.typescript) return;
  const { register } = await import('tsx/esm/api');
  register();
}
