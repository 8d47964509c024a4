import { basename, join } from 'node:path';
import { CARD_FILE } from '../shared/export/adapterFolder.ts';
import type { EvaluatedPart } from '../shared/export/modelCard.ts';
import { peftFolder } from '../shared/export/peftFolder.ts';
import { adapterFolderOf } from '../shared/trial/adapterFolderOf.ts';
import { type ResultJson, resultJson } from '../shared/trial/resultJson.ts';
import type { TrialResult } from '../shared/trial/trialEvent.ts';
import { packageVersion } from './packageVersion.mjs';
import { RUN_FILES, writeFolder } from './runFolder.ts';
import type { Training, TrainingEnd } from './runTraining.ts';
import { baseModel, trainingFacts } from './trainingFacts.ts';

/** Writes what a finished run leaves in its folder: adapter/, model-card.md, result.json; returns the latter's content. */
export async function writeResult(
  training: Training,
  result: TrialResult,
  { seconds, resumedFromStep }: Pick<TrainingEnd, 'seconds' | 'resumedFromStep'>,
): Promise<ResultJson> {
  const { folder, settings, spec, key, model, engine, split, data } = training;
  const { config } = model.backbone;
  const { name, revision } = model.folder;
  const adapter = adapterFolderOf(spec, config, baseModel(model), result.parameters);
  const facts = trainingFacts(
    { ...training, engine: engine.description },
    settings.ranks,
    evaluatedParts(training, result),
    [['seconds', seconds.total.toFixed(1)]],
  );
  const files = peftFolder(adapter, facts);
  const card = files.get(CARD_FILE);
  const json = resultJson({
    darse: packageVersion(),
    key,
    settings,
    model: { name, revision },
    dataName: basename(split.dataSet.name),
    dataHash: split.dataSet.hash,
    data,
    engine: engine.description,
    spec,
    config,
    adapter,
    result,
    seconds,
    resumedFromStep,
    peakProcessBytes: process.resourceUsage().maxRSS * 1024,
  });
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
