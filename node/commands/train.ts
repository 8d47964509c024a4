import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import type { Engine } from '../../shared/engines/engine.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { parseSettings } from '../../shared/study/fields.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { PRESETS, TRAINING_FIELDS, type TrainingSettings } from '../../shared/trial/trainingFields.ts';
import type { TrialResult } from '../../shared/trial/trialEvent.ts';
import { trialKey } from '../../shared/trial/trialKey.ts';
import { type CommandContext, configFile, givenFields, readJsonObject, textOption } from '../commandContext.ts';
import { BUNDLED_MODEL } from '../hub/resolveModel.ts';
import { openEngine } from '../openEngine.ts';
import { openModel } from '../openModel.ts';
import { describeParts, encodeParts, readSplitData } from '../prepareData.ts';
import { checkNewFolder, RUN_FILES, writeFolder } from '../runFolder.ts';
import { runTraining, type Training } from '../runTraining.ts';
import { metricsLine } from '../trialReporter.ts';
import { writeResult } from '../writeResult.ts';
import { addFields } from './addFields.ts';

export function declare(command: Command): void {
  command.option('--out <folder>', 'new folder for result.json, history.jsonl, adapter/ and model-card.md');
  command.option('--resume <folder>', 'go on with an interrupted run in its folder');
  command.addOption(new Option('--preset <name>', 'settings to start from').choices(PRESETS));
  command.option('--checkpoint-seconds <s>', 'seconds between checkpoints', positiveNumber, 30);
  addFields(command, TRAINING_FIELDS);
}

/** What `run.json` keeps: all that `--resume` needs beside the checkpoint. */
const RunSchema = v.object({
  format: v.literal('darse-run'),
  version: v.literal(1),
  /** See `trialKey`. */
  key: v.string(),
  settings: v.record(v.string(), v.unknown()),
});

export async function run(context: CommandContext): Promise<number> {
  const { folder, saved, settings } = await chosenSettings(context);
  if (!saved) await checkNewFolder(folder);
  const model = await openModel(settings.model, context);
  let engine: Engine | undefined;
  try {
    const split = await readSplitData(settings);
    const spec = trialSpecOf(settings, model.backbone.config, split.parts.train);
    for (const line of describeParts(split, model.tokenizer, spec.maxTokens)) context.note(line);
    const { name, revision } = model.folder;
    const key = trialKey(spec, { dataHash: split.dataSet.hash, splitHash: split.splitHash, model: { name, revision } });
    if (!saved) {
      const record: v.InferOutput<typeof RunSchema> = { format: 'darse-run', version: 1, key, settings };
      await writeFolder(folder, new Map([[RUN_FILES.split, split.splitText]]));
      await writeFolder(folder, new Map([[RUN_FILES.run, `${JSON.stringify(record, null, 2)}\n`]]));
    } else if (saved.key !== key) {
      throw new DarseError(
        'input',
        `the data, the split or the backbone changed since ${folder} was begun: train anew with another --out`,
      );
    }
    engine = await openEngine(settings, model.backbone.readConstant);
    const data = encodeParts(split.parts, model.tokenizer, spec.maxTokens);
    const checkpointSeconds = Number(context.options['checkpointSeconds']);
    const training = { context, folder, settings, spec, key, model, engine, split, data, checkpointSeconds };
    describeTraining(training);
    const { end, ...facts } = await runTraining(training);
    if (end.kind === 'stopped') {
      context.note(`interrupted after step ${end.step}; go on with: npx darse train --resume ${folder}`);
      return 130;
    }
    const json = await writeResult(training, end.result, facts);
    printResult(training, end.result);
    context.result(json);
    return 0;
  } finally {
    await engine?.dispose();
    await model.close();
  }
}

/** The settings of `--resume`'s folder, or of preset, `--config` and flags. */
async function chosenSettings(
  context: CommandContext,
): Promise<{ folder: string; saved: v.InferOutput<typeof RunSchema> | null; settings: TrainingSettings }> {
  const given = givenFields(TRAINING_FIELDS, context.options);
  const resumed = textOption(context, 'resume');
  if (resumed !== null) {
    if (Object.keys(given).length > 0 || textOption(context, 'config') !== null) {
      throw new DarseError('usage', '--resume takes the settings of its folder: give no others beside it');
    }
    const parsed = v.safeParse(RunSchema, await readJsonObject(join(resumed, RUN_FILES.run)));
    if (!parsed.success) {
      throw new DarseError('input', `${join(resumed, RUN_FILES.run)} is damaged or of another version of DARSE`);
    }
    return { folder: resumed, saved: parsed.output, settings: parseSettings(TRAINING_FIELDS, parsed.output.settings) };
  }
  const out = textOption(context, 'out');
  if (out === null) {
    throw new DarseError('usage', 'name a new folder for the results with --out, or one to go on with by --resume');
  }
  const preset = PRESETS.find((name) => name === context.options['preset']) ?? null;
  return {
    folder: out,
    saved: null,
    settings: absolute(readTrainingSettings(preset, await configFile(context), given)),
  };
}

/** Paths made absolute, so that a run can be resumed from anywhere. */
function absolute(settings: TrainingSettings): TrainingSettings {
  const { data, split, model } = settings;
  return {
    ...settings,
    data: data && resolve(data),
    split: split && resolve(split),
    model: model !== BUNDLED_MODEL && existsSync(model) ? resolve(model) : model,
  };
}

/** What will be trained, with the resolved scales: what nobody should have to guess. */
function describeTraining({ context, spec, settings, engine }: Training): void {
  const { ranks, scales } = spec.adapter;
  const factors = [...new Set(scales.values())].map((scale) => Number(scale.toPrecision(4)));
  context.note(
    ranks.size === 0
      ? 'no module is adapted (all ranks are 0): the heads alone are trained'
      : `LoRA on ${ranks.size} modules: ranks ${settings.ranks} of ${settings.targets}, scale ${factors.join(', ')}`,
  );
  context.note(`engine ${engine.description.name}: ${engine.description.device}`);
}

function printResult({ context, settings, folder }: Training, { test, validation, trivial }: TrialResult): void {
  const [part, found, beaten] = test
    ? (['test', test, trivial.test] as const)
    : (['validation', validation[settings.objective], trivial.validation] as const);
  context.print(`${part}: ${metricsLine(found.metrics)}`);
  if (beaten) context.print(`to beat (mean score, commonest class): ${metricsLine(beaten)}`);
  context.print(`adapter for Python's PEFT and "darse predict": ${join(folder, RUN_FILES.adapter)}`);
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}
