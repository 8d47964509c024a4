import { expect, test } from 'vitest';
import { timeTrainings } from '../../../node/forecast/timeTrainings.ts';
import { probeRanks } from '../../../shared/search/forecast/probeRanks.ts';
import { STUDY_FIELDS, studySpace, trainingSettingsOf } from '../../../shared/search/studyFields.ts';
import { parseSettings } from '../../../shared/study/fields.ts';
import { trialSpecOf } from '../../../shared/trial/readTrainingSettings.ts';
import { openOnnxEngine } from '../../../workers/onnxNode.ts';
import { randomBackbone, tinyConfig } from '../../support/randomBackbone.ts';
import { tinyData } from '../../support/tinyTrial.ts';

test('times steps and evaluations at several ranks and depths, and leaves nothing but the backbone', async () => {
  const config = tinyConfig();
  const { backbone } = await randomBackbone(config);
  const engine = await openOnnxEngine({ readConstant: backbone.readConstant, threads: 1 });
  const settings = parseSettings(STUDY_FIELDS, { groups: '2', allowed: '0,1,2,4', headWidth: 4, batch: 3 });
  const space = studySpace(settings, config);
  // The greatest, the least and the one in between; the upper half alone.
  expect(probeRanks(space)).toEqual([
    [4, 4],
    [1, 1],
    [2, 2],
    [0, 2],
  ]);
  const { trainings, seconds, peakBytes, stepBytes } = await timeTrainings(
    {
      space,
      specOf: (trial) => trialSpecOf(trainingSettingsOf(settings, space, trial), config, []),
      data: tinyData(config, 60),
      engine,
      backbone,
    },
    0.5,
  );
  expect(trainings).toHaveLength(4);
  for (const { steps, evaluations, startSeconds, warmSteps } of trainings) {
    expect([warmSteps.length, evaluations.length]).toEqual([2, 1]);
    expect(steps.length).toBeGreaterThanOrEqual(2);
    for (const timing of [...steps, ...evaluations]) expect(timing.seconds).toBeGreaterThan(0);
    expect(startSeconds).toBeGreaterThan(0);
    expect(startSeconds).toBeLessThan(seconds);
  }
  // Fewer layers to go back through are fewer operations.
  const operations = trainings.map(({ steps }) => steps[0]?.work[0] ?? 0);
  expect(operations[1]).toBe(operations[0]);
  expect(operations[3]).toBeLessThan(operations[0] ?? 0);
  expect(peakBytes).toBeGreaterThan(stepBytes);
  await engine.dispose();
  expect(engine.tensorCount()).toBe(0);
});
