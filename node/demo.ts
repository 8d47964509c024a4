import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { main } from './main.mjs';
import { STUDY_FILES } from './runFolder.ts';
import { shellWord } from '../shared/study/shellWord.ts';

const SAMPLE = join(import.meta.dirname, '..', 'shared', 'assets', 'sentfin', 'sentfin.csv');
/** Small trainings on few rows: enough for a verdict in about three minutes on two cores. */
const TRAINING = ['--train-rows', '800', '--parts', '0.9,0.05,0.05', '--epochs', '1', '--lr', '4e-3', '--batch', '16'];
const SEARCH = ['--strategy', 'surrogate', '--groups', '3', '--allowed', '0,4,8,16', '--budget', '8r', '--trials', '7'];
const CONFIRMATION = ['--confirm-seeds', '5'];

const HEADLINES = [
  'Shares surge after record quarterly profit',
  'Regulator fines bank over mis-selling; stock tumbles',
  'Company to hold its annual meeting on Tuesday',
];

/** A small study of the bundled headlines, with the commands a user would type; its best adapter judges three new ones. */
async function demo(): Promise<number> {
  const out = newFolder();
  tell(
    'A demo of about three minutes: how many LoRA ranks does each third of a small encoder need to learn the tone of news headlines?',
  );
  const data = ['--data', relative('.', SAMPLE)];
  const searched = await command('search', ...data, ...SEARCH, ...TRAINING, ...CONFIRMATION, '--out', out);
  if (searched !== 0) return searched;
  const predicted = await command('predict', '--adapter', join(out, STUDY_FILES.best), '--text', ...HEADLINES);
  if (predicted === 0)
    tell(`Score: -1 bad news … +1 good news. All files are in ${out}; your own texts: npx darse search --help`);
  return predicted;
}

/** `runs/demo-1`, or the first number that is free. */
function newFolder(): string {
  let number = 1;
  while (existsSync(join('runs', `demo-${number}`))) number++;
  return join('runs', `demo-${number}`);
}

function command(...args: string[]): Promise<number> {
  tell(`$ npx darse ${args.map(shellWord).join(' ')}`);
  return main(args);
}

function tell(line: string): void {
  process.stderr.write(`\n${line}\n`);
}

process.exitCode = await demo();
