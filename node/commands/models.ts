import type { Command } from 'commander';
import { DarseError } from '../../shared/study/darseError.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { listModels } from '../hub/listModels.ts';
import { removeModel } from '../hub/removeModel.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

export function declare(command: Command): void {
  command.argument('[remove]', '"remove" deletes a downloaded backbone from the cache');
  command.argument('[name]', 'its hub id');
  addFields(command, UNUSED_SEED);
}

export async function run(context: CommandContext): Promise<number> {
  await commandSettings(UNUSED_SEED, context);
  const [verb, name] = context.args;
  if (verb !== undefined) {
    if (verb !== 'remove' || name === undefined) {
      throw new DarseError(
        'usage',
        `"darse models" lists, "darse models remove org/name" deletes; got "${context.args.join(' ')}"`,
      );
    }
    await removeModel(name);
    context.print(`${name} is removed from the cache`);
    context.result({ removed: name });
    return 0;
  }
  const models = await listModels();
  for (const { name: model, byteLength, revision, bundled, path } of models) {
    const origin = bundled ? 'bundled' : `commit ${revision?.slice(0, 12)}`;
    context.print(`${model}  ${(byteLength / 1e6).toFixed(0)} MB  ${origin}  ${path}`);
  }
  context.result({ models });
  return 0;
}
