import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextTokenizer } from '../shared/data/tokenizer.ts';
import type { Engine } from '../shared/engines/engine.ts';
import { readAdapterFolder } from '../shared/export/readAdapterFolder.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { Settings } from '../shared/study/fields.ts';
import { type Predictions, predictExamples } from '../shared/train/predictExamples.ts';
import { recordPrediction } from '../shared/train/stepPlan.ts';
import { predictorOf } from '../shared/trial/adapterFolderOf.ts';
import type { ENGINE_FIELDS } from '../shared/trial/trainingFields.ts';
import { predictionModel } from '../shared/trial/trialSpec.ts';
import { type CommandContext, textOption } from './commandContext.ts';
import { fileProblem, openFileSource } from './fileSource.ts';
import { openEngine } from './openEngine.ts';
import { openModel } from './openModel.ts';
import { createProgress } from './progress.ts';
import { RUN_FILES } from './runFolder.ts';

/** Rows predicted at one time. */
const PREDICTION_BATCH = 32;

/** A trained adapter on its backbone, ready to judge texts. */
export interface OpenAdapter {
  readonly engine: Engine;
  predict(texts: readonly string[]): Promise<Predictions>;
  close(): Promise<void>;
}

/** Opens `--adapter` (a run's folder or its adapter/) on its backbone, or on the one that `--model` names. */
export async function openAdapter(
  context: CommandContext,
  settings: Settings<typeof ENGINE_FIELDS>,
): Promise<OpenAdapter> {
  const given = textOption(context, 'adapter');
  if (given === null) throw new DarseError('usage', 'name the trained adapter with --adapter');
  const inner = join(given, RUN_FILES.adapter);
  const isRun = await stat(inner).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const path = isRun ? inner : given;
  const names = await readdir(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DarseError('file', `cannot read the adapter ${path}: ${fileProblem(cause)}`, { cause });
  });
  const files = new Map<string, Awaited<ReturnType<typeof openFileSource>>>();
  for (const name of names.filter((candidate) => /\.(json|safetensors)$/.test(candidate))) {
    files.set(name, await openFileSource(join(path, name)));
  }
  const folder = await readAdapterFolder(files, path);
  for (const file of files.values()) await file.close();

  const { nameOrPath, revision } = folder.settings.base;
  const named = textOption(context, 'model') ?? (revision === undefined ? nameOrPath : `${nameOrPath}@${revision}`);
  const model = await openModel(named, context);
  try {
    const { spec, layout, parameters } = predictorOf(folder, model.backbone.config);
    const engine = await openEngine(settings, model.backbone.readConstant);
    const plan = recordPrediction(predictionModel(spec, model.backbone.config));
    const prepared = await engine.prepare(plan);
    const { backbone, tokenizer } = model;
    return {
      engine,
      async predict(texts) {
        const progress = createProgress(context);
        const task = { plan, prepared, backbone, layout, adapter: spec.adapter, maxTokens: spec.maxTokens };
        const predictions = await predictExamples(
          { ...task, padding: spec.padding, batchSize: PREDICTION_BATCH },
          texts.map((text, number) => ({ ids: encoded(tokenizer, text, spec.maxTokens), number })),
          parameters,
          (done) => progress.show('predicting', done, texts.length),
        );
        progress.end();
        return predictions;
      },
      async close() {
        await engine.dispose();
        await model.close();
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

function encoded(tokenizer: TextTokenizer, text: string, maxTokens: number): Int32Array {
  return Int32Array.from(tokenizer.encode(text, maxTokens).ids);
}
