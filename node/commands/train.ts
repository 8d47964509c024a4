import { join } from 'node:path';
import type { Command } from 'commander';
import type { Engine } from '../../shared/engines/engine.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { type Fields, parseSettings, type Settings } from '../../shared/study/fields.ts';
import { warmupSteps } from '../../shared/train/schedule.ts';
import { readPresetSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { encodeParts } from '../../shared/trial/splitData.ts';
import { TRAINING_FIELDS, type TrainingSettings } from '../../shared/trial/trainingFields.ts';
import { namedPreset, PRESET_FIELD } from '../../shared/trial/trainingPresets.ts';
import { trialKey } from '../../shared/trial/trialKey.ts';
import type { TrialSpec } from '../../shared/trial/trialSpec.ts';
import { type CommandContext, configFile, givenFields, readJsonObject, textOption } from '../commandContext.ts';
import { type FolderLock, lockFolder } from '../folderLock.ts';
import { INTERRUPTED } from '../interruption.mjs';
import { openEngine } from '../openEngine.ts';
import { openGround, withAbsolutePaths } from '../openGround.ts';
import { describeParts } from '../prepareData.ts';
import { checkNewFolder, dropCheckpointFiles, isFinished, RUN_FILES, writeFolder } from '../runFolder.ts';
import { checkSameRun, type RunRecord, readRunRecord, writeRunRecord } from '../runRecord.ts';
import { runTraining, type Training } from '../runTraining.ts';
import { shellWord } from '../../shared/study/shellWord.ts';
import { writeResult } from '../writeResult.ts';
import { addFields } from './addFields.ts';
import { CHECKPOINT_FIELDS } from './checkpointFields.ts';

const FIELDS = {
  out: {
    kind: 'text',
    default: null,
    flag: '--out',
    value: '<folder>',
    help: 'new folder for result.json, history.jsonl, adapter/ and model-card.md',
  },
  ...PRESET_FIELD,
  ...CHECKPOINT_FIELDS,
  ...TRAINING_FIELDS,
} as const satisfies Fields;

export function declare(command: Command): void {
  command.option('--resume <folder>', 'go on with an interrupted run in its folder');
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const chosen = await chosenSettings(context);
  const { folder, saved, settings } = chosen;
  if (!saved) await checkNewFolder(folder);
  else if (await isFinished(folder)) return tellFinished(context, folder);
  const { split, model, ground } = await openGround(settings, context);
  let engine: Engine | undefined;
  let lock: FolderLock | undefined;
  try {
    const spec = trialSpecOf(settings, model.backbone.config, split.parts.train);
    const key = trialKey(spec, ground);
    if (saved) checkSameRun(folder, saved, key, ground);
    for (const line of describeParts(split, model.tokenizer, spec.maxTokens)) context.note(line);
    engine = await openEngine(settings, model.backbone.readConstant);
    lock = await lockFolder(folder);
    // First, so that a run ended in between can be resumed.
    if (!saved) await writeRunRecord(folder, key, ground, settings);
    await writeFolder(folder, new Map([[RUN_FILES.split, split.splitText]]));
    const resumeLine = `npx darse train --resume ${shellWord(folder)}`;
    const data = encodeParts(split.parts, model.tokenizer, spec.maxTokens);
    const training = { ...chosen, context, spec, key, model, engine, split, data };
    describeTraining(training);
    const { end, ...facts } = await runTraining(training);
    if (end.kind === 'stopped') {
      context.note(`interrupted after step ${end.step}; go on with: ${resumeLine}`);
      context.result({ interrupted: { step: end.step, resume: resumeLine } });
      return INTERRUPTED;
    }
    const json = await writeResult(training, end.result, facts);
    await dropCheckpointFiles(folder);
    tellNext(context, folder);
    context.result(json);
    return 0;
  } finally {
    await lock?.release();
    await engine?.dispose();
    await model.close();
  }
}

interface ChosenSettings {
  readonly folder: string;
  /** What `--resume` goes on with; null for a new run. */
  readonly saved: RunRecord | null;
  readonly settings: TrainingSettings;
  readonly checkpointSeconds: number;
}

/** The settings of `--resume`'s folder, or of preset, `--config` and flags. */
async function chosenSettings(context: CommandContext): Promise<ChosenSettings> {
  const given = givenFields(FIELDS, context.options);
  const resumed = textOption(context, 'resume');
  if (resumed !== null) {
    const { checkpointSeconds, ...others } = given;
    if (Object.keys(others).length > 0 || textOption(context, 'config') !== null) {
      throw new DarseError('usage', '--resume takes the settings of its folder: give no others beside it');
    }
    const saved = await readRunRecord(resumed);
    const settings = parseSettings(FIELDS, saved.settings, { checkpointSeconds });
    return { folder: resumed, saved, ...trainingPart(settings) };
  }
  const file = await configFile(context);
  const settings = readPresetSettings(FIELDS, namedPreset(file, given), file, given);
  if (settings.out === null || settings.data === null) {
    const missing = [
      ...(settings.data === null ? ['the file of texts with --data'] : []),
      ...(settings.out === null ? ['a new folder for the results with --out, or one to go on with by --resume'] : []),
    ];
    throw new DarseError('usage', `name ${missing.join(' and ')}`);
  }
  return { folder: settings.out, saved: null, ...trainingPart(settings) };
}

function trainingPart({ out: _out, preset: _preset, checkpointSeconds, ...training }: Settings<typeof FIELDS>) {
  return { settings: withAbsolutePaths(training), checkpointSeconds };
}

/** What will be trained, with the resolved scales: what nobody should have to guess. */
function describeTraining({ context, spec, settings, engine, data }: Training): void {
  const { ranks, scales } = spec.adapter;
  const factors = [...new Set(scales.values())].map((scale) => Number(scale.toPrecision(4)));
  context.note(
    ranks.size === 0
      ? 'no module is adapted (all ranks are 0): the heads alone are trained'
      : `${adapterInWords(spec, settings)} of ${settings.targets}, scale ${factors.join(', ')}`,
  );
  context.note(`engine ${engine.description.name}: ${engine.description.device}`);
  const steps = Math.ceil(data.train.length / spec.batchSize) * spec.epochs;
  if (warmupSteps(spec.schedule, steps) >= steps) {
    context.note(
      `note: all ${steps} steps warm up, so the learning rate hardly leaves 0: take more epochs, a smaller --batch or --warmup 0`,
    );
  }
}

function adapterInWords({ adapter: { ranks }, adaLora }: TrialSpec, settings: TrainingSettings): string {
  if (!adaLora) return `LoRA on ${ranks.size} modules: ranks ${settings.ranks}`;
  const starting = [...ranks.values()].reduce((sum, rank) => sum + rank, 0);
  return `AdaLoRA on ${ranks.size} modules: ${starting} ranks at the start, ${adaLora.targetBudget} to stay`;
}

/** The answer to `--resume` of a run that needs none: its result, as it was written. */
async function tellFinished(context: CommandContext, folder: string): Promise<number> {
  const path = join(folder, RUN_FILES.result);
  context.note(`${folder} is finished: ${path} has the numbers`);
  tellNext(context, folder);
  context.result(await readJsonObject(path));
  return 0;
}

function tellNext(context: CommandContext, folder: string): void {
  context.note(`adapter for Python's PEFT: ${join(folder, RUN_FILES.adapter)}`);
  context.note(`try it: npx darse predict --adapter ${shellWord(folder)} --text "…"`);
}
