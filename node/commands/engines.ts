import type { Command } from 'commander';
import { DarseError } from '../../shared/study/darseError.ts';
import { NODE_ENGINES } from '../../workers/nodeEngines.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { measureStep, type StepMeasurement } from '../engines/measureStep.ts';
import type { Fields } from '../../shared/study/fields.ts';
import { loadTensorflow } from '../openEngine.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

const FIELDS = {
  gpu: { kind: 'switch', default: false, flag: '--gpu', value: '', help: 'with install: the CUDA build' },
  measure: {
    kind: 'switch',
    default: false,
    flag: '--measure',
    value: '',
    help: 'time a training step of the bundled backbone on each',
  },
  ...UNUSED_SEED,
} as const satisfies Fields;

export function declare(command: Command): void {
  command.argument('[install]', '"install" installs an engine');
  command.argument('[name]', 'the engine to install: tensorflow');
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const { gpu, measure } = await commandSettings(FIELDS, context);
  const [verb, name] = context.args;
  if (verb !== undefined) return install(context, gpu, verb, name);
  const listed: ListedEngine[] = [];
  for (const { name: engineName, about, open } of NODE_ENGINES) {
    const tried = await tryEngine(open, measure);
    listed.push({ name: engineName, about, ...tried });
    context.print(`${tried.available ? '✓' : '✗'} ${engineName}: ${about}`);
    context.print(`    ${tried.detail}`);
    if (tried.measured) {
      context.print(`    ${tried.measured.milliseconds.toFixed(0)} ms per training step (${tried.measured.work})`);
    }
  }
  const chosen = listed.find(({ available }) => available)?.name ?? null;
  context.print(`--engine auto takes ${chosen ?? 'none'} here`);
  context.result({ engines: listed, auto: chosen });
  return 0;
}

interface ListedEngine {
  readonly name: string;
  readonly about: string;
  readonly available: boolean;
  /** The device it runs on, or why it does not run. */
  readonly detail: string;
  readonly measured: StepMeasurement | null;
}

async function tryEngine(
  open: (typeof NODE_ENGINES)[number]['open'],
  measure: boolean,
): Promise<Pick<ListedEngine, 'available' | 'detail' | 'measured'>> {
  try {
    if (measure) {
      const { device, measured } = await measureStep((readConstant) => open({ readConstant, loadTensorflow }));
      return { available: true, detail: device, measured };
    }
    const engine = await open({ readConstant: noBackbone, loadTensorflow });
    const detail = engine.description.device;
    await engine.dispose();
    return { available: true, detail, measured: null };
  } catch (error) {
    if (!(error instanceof DarseError)) throw error;
    return { available: false, detail: error.message, measured: null };
  }
}

function noBackbone(): Promise<never> {
  return Promise.reject(new DarseError('internal', 'no backbone is open'));
}

async function install(context: CommandContext, gpu: boolean, verb: string, name: string | undefined): Promise<number> {
  if (verb !== 'install' || name !== 'tensorflow') {
    throw new DarseError(
      'usage',
      `"darse engines install tensorflow [--gpu]" is what can be installed; got "${context.args.join(' ')}"`,
    );
  }
  const { installTensorflow } = await import('../engines/installTensorflow.ts');
  await installTensorflow({ gpu, log: (line) => context.note(line) });
  context.result({ installed: name });
  return 0;
}
