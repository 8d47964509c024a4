import type { EncoderConfig } from '../encoder/encoderConfig.ts';
import { problemsError } from '../study/darseError.ts';
import type { LinearModule } from './loraLinear.ts';

/** The kinds of matrix LoRA can adapt in a layer of BERT or RoBERTa, in the order of the forward pass. */
export const TARGETS = ['query', 'key', 'value', 'attention.output', 'intermediate', 'output'] as const;
export type Target = (typeof TARGETS)[number];

/** The sizes of an encoder on which adapters depend. */
export type AdaptedShape = Pick<EncoderConfig, 'layerCount' | 'hiddenSize' | 'intermediateSize'>;

interface TargetRow {
  /** Below `encoder.layer.N.`, as in Hugging Face checkpoints. */
  readonly path: string;
  readonly input: 'hiddenSize' | 'intermediateSize';
  readonly output: 'hiddenSize' | 'intermediateSize';
}

const TARGET_TABLE: Record<Target, TargetRow> = {
  query: { path: 'attention.self.query', input: 'hiddenSize', output: 'hiddenSize' },
  key: { path: 'attention.self.key', input: 'hiddenSize', output: 'hiddenSize' },
  value: { path: 'attention.self.value', input: 'hiddenSize', output: 'hiddenSize' },
  'attention.output': { path: 'attention.output.dense', input: 'hiddenSize', output: 'hiddenSize' },
  intermediate: { path: 'intermediate.dense', input: 'hiddenSize', output: 'intermediateSize' },
  output: { path: 'output.dense', input: 'intermediateSize', output: 'hiddenSize' },
};

/** The path of a matrix in a Hugging Face encoder: `encoder.layer.3.attention.self.query` (layers count from 0). */
export function modulePath(layer: number, target: Target): string {
  return `encoder.layer.${layer}.${TARGET_TABLE[target].path}`;
}

/** The layer and kind of a module path, or `undefined` where it names none. */
export function parseModulePath(path: string): { layer: number; target: Target } | undefined {
  const match = /^encoder\.layer\.(0|[1-9]\d{0,5})\.(.+)$/.exec(path);
  const target = TARGETS.find((candidate) => TARGET_TABLE[candidate].path === match?.[2]);
  return match === null || target === undefined ? undefined : { layer: Number(match[1]), target };
}

/** A matrix of a layer with its sizes. */
export function linearModule(layer: number, target: Target, shape: AdaptedShape): LinearModule {
  const { input, output } = TARGET_TABLE[target];
  return { path: modulePath(layer, target), inputSize: shape[input], outputSize: shape[output] };
}

/**
 * The kinds named in a list such as `query,value`, or `all`; returned in the order of `TARGETS`.
 * Throws `usage` naming every unknown or repeated kind.
 */
export function parseTargets(text: string): Target[] {
  if (text.trim() === 'all') return [...TARGETS];
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !TARGETS.some((target) => target === name));
  const repeated = names.filter((name, i) => names.indexOf(name) < i && !unknown.includes(name));
  const problems = [
    ...unknown.map((name) => `"${name}" is none of them`),
    ...[...new Set(repeated)].map((name) => `"${name}" is named more than once`),
  ];
  if (problems.length > 0) {
    throw problemsError('usage', `targets must be "all" or a list of ${TARGETS.join(', ')}, got "${text}":`, problems);
  }
  return TARGETS.filter((target) => names.includes(target));
}
