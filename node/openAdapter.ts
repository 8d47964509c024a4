import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../shared/engines/engine.ts';
import type { AdapterFolder } from '../shared/export/adapterFolder.ts';
import { readAdapterFolder } from '../shared/export/readAdapterFolder.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { Fields, Settings } from '../shared/study/fields.ts';
import type { Predictions } from '../shared/train/predictExamples.ts';
import { predictorOf } from '../shared/trial/adapterFolderOf.ts';
import { openPredictor } from '../shared/trial/openPredictor.ts';
import type { ENGINE_FIELDS } from '../shared/trial/trainingFields.ts';
import type { CommandContext } from './commandContext.ts';
import { openFileSource, readingError } from './fileSource.ts';
import { openEngine } from './openEngine.ts';
import { openModel } from './openModel.ts';
import { createProgress } from './progress.ts';
import { RUN_FILES } from './runFolder.ts';
import { shellWord } from '../shared/study/shellWord.ts';

/** Which adapter, and on what. */
export const ADAPTER_FIELDS = {
  adapter: {
    kind: 'text',
    default: null,
    flag: '--adapter',
    value: '<folder>',
    help: 'folder of a training run, or its adapter/',
  },
  model: {
    kind: 'text',
    default: null,
    flag: '--model',
    value: '<model>',
    help: 'backbone, where it is not the one the adapter names',
  },
} as const satisfies Fields;

/** A trained adapter on its backbone, ready to judge texts. */
export interface OpenAdapter {
  readonly engine: Engine;
  predict(texts: readonly string[]): Promise<Predictions>;
  close(): Promise<void>;
}

/** Opens `--adapter` (a run's folder or its adapter/) on its backbone, or on the one that `--model` names. */
export async function openAdapter(
  context: CommandContext,
  settings: Settings<typeof ADAPTER_FIELDS & typeof ENGINE_FIELDS>,
): Promise<OpenAdapter> {
  const folder = await readFolder(await adapterPath(settings.adapter));
  const { nameOrPath, revision } = folder.settings.base;
  const named = settings.model ?? (revision === undefined ? nameOrPath : `${nameOrPath}@${revision}`);
  const model = await openModel(named, context).catch((error: unknown) => {
    if (settings.model !== null || !(error instanceof DarseError) || error.code !== 'input') throw error;
    throw new DarseError(
      'input',
      `the adapter's backbone cannot be opened: name where it is now with --model\n${error.message}`,
    );
  });
  try {
    const predictor = predictorOf(folder, model.backbone.config);
    const engine = await openEngine(settings, model.backbone.readConstant);
    const { predict } = await openPredictor(predictor, model, engine);
    return {
      engine,
      async predict(texts) {
        const progress = createProgress(context);
        const predictions = await predict(texts, (done) => progress.show('predicting', done, texts.length));
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

/** The folder with the adapter's files in what `--adapter` names. */
async function adapterPath(given: string | null): Promise<string> {
  if (given === null) throw new DarseError('usage', 'name the trained adapter with --adapter');
  const present = await namesIn(given);
  if (present.includes(RUN_FILES.adapter)) return join(given, RUN_FILES.adapter);
  if (!present.includes(RUN_FILES.run)) return given;
  const resume = `npx darse train --resume ${shellWord(given)}`;
  throw new DarseError('input', `${given} holds a run that is not finished, so there is no adapter yet: ${resume}`);
}

async function readFolder(path: string): Promise<AdapterFolder> {
  const files = new Map<string, Awaited<ReturnType<typeof openFileSource>>>();
  try {
    for (const name of await namesIn(path)) {
      if (/\.(json|safetensors)$/.test(name)) files.set(name, await openFileSource(join(path, name)));
    }
    return await readAdapterFolder(files, path);
  } finally {
    for (const file of files.values()) await file.close();
  }
}

function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
}
