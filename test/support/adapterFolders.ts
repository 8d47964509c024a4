import type { AdapterFolder, BaseModel } from '../../shared/export/adapterFolder.ts';
import { headShapes } from '../../shared/export/headShapes.ts';
import type { TrainingFacts } from '../../shared/export/modelCard.ts';
import { CLASS_COUNT, CLASS_NAMES } from '../../shared/data/example.ts';
import { adapterModule } from '../../shared/lora/adapter.ts';
import type { AlphaRule } from '../../shared/lora/loraScale.ts';
import { type AdaptedShape, linearModule, TARGETS } from '../../shared/lora/modulePaths.ts';
import { regressionMetrics } from '../../shared/metrics/regressionMetrics.ts';
import { classMetrics } from '../../shared/metrics/classMetrics.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

export interface AdapterWishes {
  readonly shape: AdaptedShape;
  readonly base: BaseModel;
  /** The rank of a module by its number, counted over layers and `TARGETS`; 0 leaves it alone. */
  readonly rankOf: (moduleNumber: number) => number;
  readonly rule?: AlphaRule;
  readonly settings?: Partial<Pick<AdapterFolder['settings'], 'pooling' | 'regression'>>;
}

/** An adapter whose every weight is a random number, as if trained. */
export function randomAdapter({
  shape,
  base,
  rankOf,
  rule = { kind: 'rank' },
  settings,
}: AdapterWishes): AdapterFolder {
  const places = Array.from({ length: shape.layerCount * TARGETS.length }, (_, i) => i);
  const modules = places.flatMap((place) => {
    const rank = rankOf(place);
    if (rank === 0) return [];
    const target = TARGETS[place % TARGETS.length] ?? 'query';
    const module = linearModule(Math.floor(place / TARGETS.length), target, shape);
    const A = randomValues(`${module.path}.A`, rank * module.inputSize, 0.5);
    return [adapterModule(module, rule, A, randomValues(`${module.path}.B`, module.outputSize * rank, 0.5))];
  });
  const inputSize = shape.hiddenSize;
  const headSettings = {
    base,
    pooling: 'first',
    regression: { kind: 'paper', inputSize, width: 7 },
    classification: { inputSize, width: 9, classCount: CLASS_COUNT, dropout: 0.1 },
    classNames: [...CLASS_NAMES],
    classCuts: [-0.5, -0.049, 0.049, 0.5],
    maxTokens: 24,
    ...settings,
  } as const;
  const shapes = headShapes(headSettings.regression, headSettings.classification);
  const heads = [...shapes].map(([name, tensorShape]) => {
    const length = tensorShape.reduce((product, size) => product * size, 1);
    return [name, { shape: tensorShape, data: randomValues(name, length, 0.5) }] as const;
  });
  return { modules, rsLora: rule.kind === 'rsLora', loraDropout: 0.1, settings: headSettings, heads: new Map(heads) };
}

/** Facts whose texts try to break out of wherever they are put. */
export function nastyFacts(): TrainingFacts {
  const metrics = {
    ...regressionMetrics([0.1, 0.2, 0.4], [0.1, 0.3, 0.3]),
    ...classMetrics([0, 1, 2], [0, 1, 1], CLASS_COUNT),
  };
  return {
    title: 'a "title": with\n---\n# quotes, \\ and \u2028 lines\u0085',
    dataName: "we're: [odd] | 'file' <b>\r\n---\n.csv\ud800",
    settings: [['seed | of', '1\n2']],
    results: [{ part: 'validation', exampleCount: 3, metrics, trivial: { ...metrics, r2: 1e-7 } }],
    licence: 'apache-2.0',
  };
}

function randomValues(purpose: string, length: number, size: number): Float32Array<ArrayBuffer> {
  const key = randomKey(7, purpose);
  return Float32Array.from({ length }, (_, i) => (uniformAt(key, i) - 0.5) * 2 * size);
}
