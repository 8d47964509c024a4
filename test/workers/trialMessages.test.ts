import { describe, expect, test } from 'vitest';
import type { Evaluation, Trial } from '../../shared/search/evaluation.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import { parseFromWorker, parseToWorker } from '../../workers/trialMessages.ts';

const TRIAL = { number: 3, ranks: [4, 8], seed: 1, learningRate: 0.001, onTest: true } satisfies Required<Trial>;
const OPEN = { kind: 'open', folder: 'runs/study', settings: { data: 'texts.csv' }, checkpointSeconds: 30 };
const LOSSES = { total: 1, regression: 0.5, classes: 0.5 };
const FINISHED = {
  status: 'finished',
  score: 0.1,
  importance: [1, 2],
  curve: [0.2, 0.1],
  squaredErrors: [0.1],
  facts: { key: 'k' },
} satisfies Required<Extract<Evaluation, { status: 'finished' }>>;
type Step = Extract<StudyTrialEvent, { kind: 'step' }>;
const STEP: Step = {
  kind: 'step',
  step: 1,
  epoch: 1,
  learningRate: 0.1,
  losses: LOSSES,
  gradientNorm: 1,
  tokens: 40,
};

describe('messages to a worker', () => {
  test.each([
    OPEN,
    { kind: 'train', trial: TRIAL },
    { kind: 'train', trial: { number: 1, ranks: [0] } },
    { kind: 'stop', trial: 3 },
  ])('%j is read as it is', (message) => {
    expect(parseToWorker(structuredClone(message))).toEqual(message);
  });

  test.each([
    ['nothing', undefined, 'message'],
    ['another kind', { kind: 'pause' }, 'kind'],
    ['a kind of the other direction', { kind: 'alive' }, 'kind'],
    ['a trial without a number', { kind: 'train', trial: { ranks: [4] } }, 'trial.number'],
    ['a rank that is none', { kind: 'train', trial: { number: 1, ranks: [4, -1] } }, 'trial.ranks.1'],
    ['a field that nobody knows', { kind: 'train', trial: { ...TRIAL, epochs: 3 } }, 'trial.epochs'],
    ['settings that are a list', { ...OPEN, settings: 3 }, 'settings'],
  ])('%s is refused with the place', (_, message, place) => {
    expect(() => parseToWorker(message)).toThrow(`a message to a worker cannot be read: ${place}: `);
  });
});

describe('messages from a worker', () => {
  const event = (told: object) => ({ kind: 'event', trial: 3, event: told });
  const ENGINE = { name: 'onnx', precision: 'float32', device: 'cpu', versions: { node: '22' }, deterministic: true };

  test.each([
    { kind: 'alive' },
    { kind: 'opened', key: 'abc', engine: ENGINE },
    { kind: 'failed', code: 'input', message: 'no such file' },
    { kind: 'ended', trial: 3, evaluation: null },
    { kind: 'ended', trial: 3, evaluation: FINISHED },
    { kind: 'ended', trial: 3, evaluation: { status: 'pruned', message: 'fell behind', curve: [0.3] } },
    // The gate for results is elsewhere, and must see it.
    { kind: 'ended', trial: 3, evaluation: { ...FINISHED, score: Number.NaN } },
    { kind: 'ended', trial: 3, evaluation: { status: 'failed', message: 'NaN at step 1' } },
    event(STEP),
    event({ ...STEP, orthogonality: 0.2, omega: 0.3 } satisfies Required<Step>),
    event({ kind: 'ranks', step: 1, budget: 8, total: 7, ranks: { query: 7 }, final: false }),
    event({ kind: 'ranksUncut', step: 9 }),
    event({ kind: 'evaluating', part: 'validation', done: 0, total: 15 }),
    event({ kind: 'epoch', epoch: 1, losses: LOSSES, validation: { mse: 0.3 } }),
    event({ kind: 'testLook', rowCount: 15 }),
    event({ kind: 'stoppedEarly', epoch: 5, bestEpoch: 2 }),
    event({ kind: 'problem', message: 'a checkpoint is damaged' }),
    event({ kind: 'interrupted', step: 7 }),
  ])('%j is read as it is', (message) => {
    expect(parseFromWorker(structuredClone(message))).toEqual(message);
  });

  test.each([
    ['text', 'ready', 'message'],
    ['another kind', { kind: 'hello' }, 'kind'],
    ['a code that is none', { kind: 'failed', code: 'oops', message: '' }, 'code'],
    ['an engine that is none', { kind: 'opened', key: 'a', engine: { ...ENGINE, name: 'abacus' } }, 'engine.name'],
    ['an event of another kind', event({ kind: 'checkpoint', checkpoint: {} }), 'event.kind'],
    ['a step without losses', event({ kind: 'step', step: 1 }), 'event.epoch'],
    ['a result without a score', { kind: 'ended', trial: 3, evaluation: { status: 'finished' } }, 'evaluation.score'],
    ['a trial left out', { kind: 'ended', evaluation: null }, 'trial'],
  ])('%s is refused with the place', (_, message, place) => {
    expect(() => parseFromWorker(message)).toThrow(`a message from a worker cannot be read: ${place}: `);
  });
});
