import { expect, test } from 'vitest';
import { originSection } from '../../../shared/export/report/sections/originSection.ts';
import { createStrategy } from '../../../shared/search/createStrategy.ts';
import type { Reproduction } from '../../../shared/search/presets/paperPresets.ts';
import { summariseStudy } from '../../../shared/search/summariseStudy.ts';
import { paperStudy } from '../../support/paperStudy.ts';

function commandOf(reproduction: Reproduction, given: Readonly<Record<string, unknown>>): string | undefined {
  const { journal, settings } = paperStudy(reproduction, [], given);
  const summary = summariseStudy(journal, createStrategy(settings, journal.space));
  const { blocks } = originSection({ journal, summary, textOf: undefined });
  const code = blocks
    .flatMap((block) => (block.kind === 'text' ? block.code : []))
    .find((found) => found !== undefined);
  return code?.replaceAll(' \\\n  ', ' ');
}

test('an experiment is done again by its name and what was given beside it', () => {
  expect(commandOf({ preset: 'grid', scale: 'full' }, {})).toBe(
    'npx darse reproduce grid --scale full --data texts.csv --out again',
  );
  // 0 is the default of a search, 1 of an experiment.
  expect(commandOf({ preset: 'paper-search', scale: 'full' }, { budget: '256r', seed: 0 })).toBe(
    'npx darse reproduce paper-search --scale full --budget 256r --data texts.csv --seed 0 --out again',
  );
  expect(commandOf({ preset: 'grid', scale: 'smoke' }, { model: '/somewhere/made-up-encoder' })).toBe(
    'npx darse reproduce grid --scale smoke --out again',
  );
});

test.each([
  ['/home/someone/private/texts.csv', 'texts.csv'],
  ['C:\\Users\\someone\\texts.csv', 'texts.csv'],
  ['relative/texts.csv', 'relative/texts.csv'],
])('names %s as %s, so that a shared report tells nothing of folders', (data, shown) => {
  const command = commandOf({ preset: 'grid', scale: 'full' }, { data, split: data });
  expect(command).toContain(`--data ${shown} --split ${shown}`);
  expect(command).not.toContain('someone');
});
