import { ENGINE_NAMES, type EngineName } from '../../shared/engines/engine.ts';
import { compare } from './compare.ts';
import { startReport } from './report.ts';
import { type Work, workName } from './work.ts';

const SHAPES: readonly Pick<Work, 'encoder' | 'batch' | 'tokens'>[] = [
  { encoder: 'minilm-l6', batch: 10, tokens: 32 },
  { encoder: 'minilm-l6', batch: 10, tokens: 64 },
  { encoder: 'minilm-l6', batch: 10, tokens: 128 },
  { encoder: 'roberta-base', batch: 10, tokens: 64 },
];

/** The paper's rate, everywhere. */
const DROPOUT = 0.1;

interface Options {
  readonly engine: string;
  readonly dropout?: boolean;
  readonly only: string;
  readonly threads: number | null;
  readonly json?: boolean;
}

/** With first-token pooling our last layer works on one token of each text, PyTorch's on all; with mean pooling both work on all. */
export async function benchStep(options: Options): Promise<void> {
  const report = startReport(options);
  const engines = engineNames(options.engine);
  const dropout = options.dropout === true ? DROPOUT : 0;
  const works = SHAPES.flatMap((shape): Work[] => [
    { ...shape, pooling: 'first', dropout },
    { ...shape, pooling: 'mean', dropout },
  ]).filter((work) => workName(work).includes(options.only));
  const conditions = { threads: options.threads, folder: null };
  for (const work of works) report.add(await compare(work, engines, report.withPeer, conditions));
  report.finish();
}

function engineNames(list: string): EngineName[] {
  const names = list.split(',').map((name) => name.trim());
  const known = ENGINE_NAMES.filter((name) => names.includes(name));
  const unknown = names.filter((name) => !ENGINE_NAMES.some((engine) => engine === name));
  if (unknown.length > 0) throw new Error(`--engine must name ${ENGINE_NAMES.join(', ')}; got ${unknown.join(', ')}`);
  return known;
}
