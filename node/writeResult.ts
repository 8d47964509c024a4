import { basename, join } from 'node:path';
import { CARD_FILE } from '../shared/export/adapterFolder.ts';
import type { EvaluatedPart } from '../shared/export/modelCard.ts';
import { peftFolder } from '../shared/export/peftFolder.ts';
import { planMemory } from '../shared/plan/memory.ts';
import { recordTrainingStep } from '../shared/train/stepPlan.ts';
import { runSizes } from '../shared/train/tokenInputs.ts';
import { adapterFolderOf } from '../shared/trial/adapterFolderOf.ts';
import type { TrialResult } from '../shared/trial/trialEvent.ts';
import { trainingModel } from '../shared/trial/trialSpec.ts';
import { packageVersion } from './packageVersion.mjs';
import { RUN_FILES, writeFolder } from './runFolder.ts';
import type { Training, TrainingEnd } from './runTraining.ts';
import { baseModel, trainingFacts } from './trainingFacts.ts';

/** Writes what a finished run leaves in its folder: adapter/, model-card.md, result.json; returns the latter's content. */
export async function writeResult(
  training: Training,
  result: TrialResult,
  { seconds, resumedFromStep }: Pick<TrainingEnd, 'seconds' | 'resumedFromStep'>,
): Promise<Record<string, unknown>> {
  const { folder, settings, spec, key, model, engine, split, data } = training;
  const { config } = model.backbone;
  const { parameters, ...numbers } = result;
  const { name, revision } = model.folder;
  const adapter = adapterFolderOf(spec, config, baseModel(model), parameters);
  const facts = trainingFacts(training, settings.ranks, evaluatedParts(training, result), [
    ['seconds', seconds.total.toFixed(1)],
  ]);
  const files = peftFolder(adapter, facts);
  const card = files.get(CARD_FILE);
  const longest = data.train.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const plan = recordTrainingStep(trainingModel(spec, config));
  const loraParameters = adapter.modules.reduce((sum, { A, B }) => sum + A.length + B.length, 0);
  const headParameters = [...adapter.heads.values()].reduce((sum, head) => sum + head.data.length, 0);
  const json = {
    format: 'darse-result',
    version: 1,
    darse: packageVersion(),
    key,
    settings,
    model: { name, revision: revision ?? null },
    data: {
      name: basename(split.dataSet.name),
      hash: split.dataSet.hash,
      rows: { train: data.train.length, validation: data.validation.length, test: data.test.length },
    },
    engine: engine.description,
    ranks: Object.fromEntries(adapter.modules.map(({ path, rank }) => [path, rank])),
    scales: Object.fromEntries(adapter.modules.map(({ path, scale }) => [path, scale])),
    ...(spec.adaLora ? { adaLora: { ...spec.adaLora, startingRanks: Object.fromEntries(spec.adapter.ranks) } } : {}),
    parameters: { lora: loraParameters, heads: headParameters },
    ...numbers,
    seconds,
    resumedFromStep,
    memory: {
      ...planMemory(plan, runSizes(spec.microBatchSize, longest, spec.adapter.ranks)),
      peakProcessBytes: process.resourceUsage().maxRSS * 1024,
    },
  };
  await writeFolder(join(folder, RUN_FILES.adapter), files);
  await writeFolder(folder, new Map(card ? [[RUN_FILES.card, card]] : []));
  await writeFolder(folder, new Map([[RUN_FILES.result, `${JSON.stringify(json, null, 2)}\n`]]));
  return json;
}

/** The validation part's results and, where there is one, the test part's. */
function evaluatedParts({ settings }: Training, { validation, test, trivial }: TrialResult): EvaluatedPart[] {
  const { exampleCount, metrics } = validation[settings.objective];
  return [
    { part: 'validation', exampleCount, metrics, trivial: trivial.validation },
    ...(test && trivial.test
      ? [{ part: 'test', exampleCount: test.exampleCount, metrics: test.metrics, trivial: trivial.test }]
      : []),
  ];
}
