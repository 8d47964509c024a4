import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { main } from './main.mjs';
import { shellWord } from './shellWord.ts';

const SAMPLE = join(import.meta.dirname, '..', 'shared', 'assets', 'sentfin', 'sentfin.csv');
const TRAINING = ['--train-rows', '2000', '--epochs', '1', '--lr', '3e-3'];

const HEADLINES = [
  'Shares surge after record quarterly profit',
  'Regulator fines bank over mis-selling; stock tumbles',
  'Company to hold its annual meeting on Tuesday',
];

/** Trains on the bundled headlines and judges three new ones, with the commands a user would type. */
async function demo(): Promise<number> {
  const out = newFolder();
  tell('A demo of about a minute: an adapter learns the tone of 2,000 news headlines, then judges three new ones.');
  const trained = await command('train', '--data', relative('.', SAMPLE), ...TRAINING, '--out', out);
  if (trained !== 0) return trained;
  const predicted = await command('predict', '--adapter', out, '--text', ...HEADLINES);
  if (predicted === 0)
    tell(`Score: -1 bad news … +1 good news. All files are in ${out}; your own texts: npx darse train --help`);
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
