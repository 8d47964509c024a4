import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { main } from './main.mjs';

const SAMPLE = join(import.meta.dirname, '..', 'shared', 'assets', 'sentfin', 'sentfin.csv');

const HEADLINES = [
  'Shares surge after record quarterly profit',
  'Regulator fines bank over mis-selling; stock tumbles',
  'Company to hold its annual meeting on Tuesday',
];

/** Trains on the bundled headlines and judges three new ones, with the commands a user would type. */
async function demo(): Promise<number> {
  let number = 1;
  while (existsSync(join('runs', `demo-${number}`))) number++;
  const out = join('runs', `demo-${number}`);
  const trained = await command(
    'train',
    '--data',
    SAMPLE,
    '--train-rows',
    '2000',
    '--epochs',
    '1',
    '--lr',
    '3e-3',
    '--out',
    out,
  );
  if (trained !== 0) return trained;
  return command('predict', '--adapter', out, '--text', ...HEADLINES);
}

function command(...args: string[]): Promise<number> {
  const shown = args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ');
  process.stderr.write(`\n$ npx darse ${shown}\n`);
  return main(args);
}

process.exitCode = await demo();
