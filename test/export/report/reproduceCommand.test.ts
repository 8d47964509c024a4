import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addFields } from '../../../node/commands/addFields.ts';
import { reproduceCommand } from '../../../shared/export/report/reproduceCommand.ts';
import { STUDY_FIELDS } from '../../../shared/search/studyFields.ts';
import { parseSettings } from '../../../shared/study/fields.ts';

const AGAIN = { command: 'npx darse search', out: 'again' };

/** The settings that a command line gives, read by a real shell and by the flags of `darse search`. */
function settingsOf(commandLine: string): Record<string, unknown> {
  const shown = execFileSync('sh', ['-c', `printf '%s\\0' ${commandLine}`], { encoding: 'utf8' });
  const [, , , ...words] = shown.split('\0').slice(0, -1);
  const command = new Command().exitOverride();
  addFields(command, STUDY_FIELDS);
  command.option('--out <folder>').parse(words, { from: 'user' });
  const { out, ...options } = command.opts();
  expect(out).toBe('again');
  return { ...parseSettings(STUDY_FIELDS, options) };
}

test.each<[string, Record<string, unknown>]>([
  ['defaults', { data: 'data.csv' }],
  [
    'numbers, switches and choices',
    { data: 'a.csv', trials: 12, lr: 0.003, lrFair: true, transfer: true, strategy: 'grid', budget: '16r' },
  ],
  [
    'words that a shell would take apart',
    { data: `it's "my" $HOME; rm -rf *\\\`x\`.csv`, textColumn: 'a\nb', classColumn: '' },
  ],
  ['words that look like flags', { data: '--out', textColumn: '-t', scoreColumn: '=cmd()' }],
])('a shell and darse search read the same settings back: %s', (_, chosen) => {
  const settings = parseSettings(STUDY_FIELDS, chosen);
  expect(settingsOf(reproduceCommand(STUDY_FIELDS, settings, AGAIN))).toEqual({ ...settings });
});

test('names what is not the default, a line each, and nothing else', () => {
  const settings = parseSettings(STUDY_FIELDS, { data: 'a.csv', epochs: 2 });
  expect(reproduceCommand(STUDY_FIELDS, settings, AGAIN)).toBe(
    'npx darse search \\\n  --data a.csv \\\n  --epochs 2 \\\n  --out again',
  );
});
