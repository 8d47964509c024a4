import { describe, expect, it } from 'vitest';
import { POOL_WEIGHTS } from '../../shared/heads/pooling.ts';
import { adapterSpec } from '../../shared/lora/adapterSpec.ts';
import { gradientName } from '../../shared/lora/loraLinear.ts';
import { modulePath, TARGETS, type Target } from '../../shared/lora/modulePaths.ts';
import { CLASS_LOSS, REGRESSION_LOSS } from '../../shared/losses/taskLoss.ts';
import type { OperationKind } from '../../shared/plan/operation.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { LOGITS, PREDICTION, recordPrediction, recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes } from '../../shared/train/tokenInputs.ts';
import { trainingModel, type TrialSpec } from '../../shared/trial/trialSpec.ts';
import { largestDifference } from '../support/largestDifference.ts';
import { operationsBehind } from '../support/operationsBehind.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { referenceStep, runStep, stepInputs } from '../support/referenceStep.ts';
import { runReference } from '../support/referenceEngine.ts';
import { tinyExamples, tinySpec } from '../support/tinyTrial.ts';

/** Sums of some hundred float64 products of size 1 in another order. */
const FLOAT64_TOLERANCE = 1e-12;

const CONFIG = tinyConfig({ layerCount: 3 });
const NO_DROPOUT = { loraDropout: 0, backboneDropout: { hidden: 0, attention: 0 } };
const SINGLE_MODULES = [0, 1, 2].flatMap((layer) => TARGETS.map((target) => [[layer, target]] as const));

/** Sets of adapted modules: none, each alone, each target in all layers, and all. */
const ADAPTED: readonly (readonly (readonly [number, Target])[])[] = [
  [],
  ...SINGLE_MODULES,
  ...TARGETS.map((target) => [0, 1, 2].map((layer) => [layer, target] as const)),
  SINGLE_MODULES.flat(),
];

describe.each(['first', 'mean'] as const)('a training step reading %s', (pooling) => {
  it.each([true, false])('records no operation that no loss and no gradient needs (dropout: %s)', (dropout) => {
    for (const modules of ADAPTED) {
      const plan = stepOf(modules, { pooling, ...(dropout ? {} : NO_DROPOUT) });
      const parameters = plan.given.flatMap(({ source }) => (source.from === 'parameter' ? [source.name] : []));
      const wanted = [PREDICTION, LOGITS, REGRESSION_LOSS, CLASS_LOSS, ...parameters.map(gradientName)];
      expect([...plan.outputs.keys()].sort()).toEqual(wanted.sort());
      expect(operationsBehind(plan)).toEqual(plan.operations);
      expect(parameters).toHaveLength(2 * modules.length + 8);
    }
  });

  it('has no gradient and no backward operation below the lowest adapted layer', () => {
    const plan = stepOf([[1, 'output']], { pooling, ...NO_DROPOUT });
    const lora = [...plan.outputs.keys()].filter((name) => name.includes('lora'));
    const path = modulePath(1, 'output');
    expect(lora.sort()).toEqual([`gradient:${path}.lora_A.weight`, `gradient:${path}.lora_B.weight`]);
    const kinds = plan.operations.map(({ kind }) => kind);
    // Layer 2 is passed through; of layer 1 only the last LayerNorm lies between its output and the adapter.
    const ofAdapter: OperationKind[] = ['layerNormGradient', 'matMul', 'scale', 'matMul', 'matMul'];
    expect(kinds.slice(-5)).toEqual(ofAdapter);
    expect(kinds.filter((kind) => kind === 'layerNormGradient')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'geluGradient')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'attentionSoftmaxGradient')).toHaveLength(1);
  });

  it('goes backward through the heads alone where no module is adapted', () => {
    const plan = stepOf([], { pooling });
    // Two products for each of four weights, less the two into the pooled vector.
    const added = plan.operations.slice(recordPrediction(modelOf([], { pooling })).operations.length);
    expect(added.filter(({ kind }) => kind === 'matMul')).toHaveLength(6);
    const ofEncoder = new Set<OperationKind>([
      'layerNormGradient',
      'geluGradient',
      'weightedMeanGradient',
      'batchMatMul',
    ]);
    expect(added.filter(({ kind }) => ofEncoder.has(kind))).toEqual([]);
  });

  it('records a module of rank 0 as one that is no target', () => {
    const ranks = new Map([
      [modulePath(0, 'query'), 0],
      [modulePath(1, 'value'), 3],
      [modulePath(2, 'output'), 0],
    ]);
    const adapter = adapterSpec(ranks, { kind: 'rank' });
    const plan = recordTrainingStep(trainingModel(tinySpec(CONFIG, { pooling, adapter }), CONFIG));
    expect(plan).toEqual(stepOf([[1, 'value']], { pooling }));
  });
});

describe('first-token pooling', () => {
  it('computes the last layer for that token only, keys and values apart', () => {
    const plan = stepOf(SINGLE_MODULES.flat(), { pooling: 'first' });
    const rowsOf = (kind: OperationKind) =>
      plan.operations.filter((operation) => operation.kind === kind).map(({ outputs }) => outputs[0]?.shape[0]);
    expect(rowsOf('gelu')).toEqual(['B*T', 'B*T', 'B']);
    expect(rowsOf('geluGradient')).toEqual(['B', 'B*T', 'B*T']);
    const queries = plan.operations
      .filter(({ kind }) => kind === 'attentionSoftmax')
      .map(({ outputs }) => outputs[0]?.shape[2]);
    expect(queries).toEqual(['T', 'T', 1]);
  });

  it.each([
    ['without dropout', NO_DROPOUT],
    ['with dropout everywhere', { loraDropout: 0.3, backboneDropout: { hidden: 0.3, attention: 0.3 } }],
  ])('gives what computing all tokens and then taking the first gives, %s', async (_, dropout) => {
    const ranks = new Map(SINGLE_MODULES.flat().map(([layer, target], i) => [modulePath(layer, target), 1 + (i % 3)]));
    const spec = tinySpec(CONFIG, { ...dropout, pooling: 'first', adapter: adapterSpec(ranks, { kind: 'rank' }) });
    const encoder = await randomBackbone(CONFIG);
    const rows = tinyExamples(CONFIG, 3, 5);
    const [B, T] = [rows.length, 16];
    const found = runStep(referenceStep(spec, encoder), { rows, length: T });

    const allTokens = referenceStep({ ...spec, pooling: 'mean' }, encoder);
    const firstOnly = Float32Array.from({ length: B * T }, (_unused, i) => (i % T === 0 ? 1 : 0));
    const inputs = new Map([...stepInputs(allTokens, { rows, length: T }), [POOL_WEIGHTS, firstOnly] as const]);
    const given = new Map([...inputs, ...allTokens.parameters]);
    const wanted = runReference(allTokens.plan, runSizes(B, T, spec.adapter.ranks), given);
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [name, numbers] of wanted) {
      expect(largestDifference(found.get(name), numbers), name).toBeLessThan(FLOAT64_TOLERANCE);
    }
  });
});

function modelOf(modules: readonly (readonly [number, Target])[], changes: Partial<TrialSpec>) {
  const ranks = new Map(modules.map(([layer, target]) => [modulePath(layer, target), 2]));
  return trainingModel(tinySpec(CONFIG, { ...changes, adapter: adapterSpec(ranks, { kind: 'rank' }) }), CONFIG);
}

function stepOf(modules: readonly (readonly [number, Target])[], changes: Partial<TrialSpec>): Plan {
  return recordTrainingStep(modelOf(modules, changes));
}
