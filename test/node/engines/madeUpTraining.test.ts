import { expect, test } from 'vitest';
import { startMadeUpTraining } from '../../../node/engines/madeUpTraining.ts';
import { readTrainingSettings } from '../../../shared/trial/readTrainingSettings.ts';
import { openOnnxEngine } from '../../../workers/onnxNode.ts';
import { randomBackbone, tinyConfig } from '../../support/randomBackbone.ts';

test('makes as many steps of the training loop as were asked for, no more, and leaves nothing but the backbone', async () => {
  const { backbone } = await randomBackbone(tinyConfig());
  const engine = await openOnnxEngine({ readConstant: backbone.readConstant, threads: 1 });
  const settings = readTrainingSettings(null, {}, { ranks: '2', headWidth: 4, batch: 3, maxTokens: 7 });
  const training = await startMadeUpTraining(engine, backbone, settings, 2);
  const held = engine.tensorCount();
  await training.step();
  await training.step();
  expect(engine.tensorCount()).toBe(held);
  await expect(training.step()).rejects.toThrow('only 2 steps were prepared');
  await training.dispose();
  await engine.dispose();
  expect(engine.tensorCount()).toBe(0);
});
