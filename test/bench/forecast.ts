import { spawn } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { durationInWords } from '../../shared/search/forecast/forecastInWords.ts';
import { MOST_OTHERS } from './compare.ts';
import type { TimedStudy } from './timedStudy.ts';

/** How far from the middle of its forecast a study may end, as a share of it. */
const MOST_ERROR = 0.2;

const DATA = join(import.meta.dirname, '..', '..', 'shared', 'assets', 'sentfin', 'sentfin.csv');
const COMMON = { data: DATA, parts: '0.9,0.05,0.05', groups: '3', batch: 16, confirmSeeds: 5 };

/** By name, the settings of each study. */
const STUDIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  surrogate: { strategy: 'surrogate', allowed: '4,8,16,32', budget: '16r', trials: 8, trainRows: 400, epochs: 2 },
  'rank 0': { strategy: 'random', allowed: '0,8,32', budget: '16r', trials: 10, trainRows: 400, epochs: 1 },
  darse: { strategy: 'darse', allowed: '4,8,16', budget: '8r', trainRows: 300, epochs: 1 },
  'cut to fit': {
    strategy: 'surrogate',
    allowed: '4,8,16,32',
    trainRows: 600,
    epochs: 6,
    time: '100s',
    confirmSeeds: null,
  },
};
/** The study that is made as long as asked for, by its epochs. */
const LONG = { ...STUDIES['surrogate'], trainRows: 800 };

interface Options {
  readonly minutes?: number;
  readonly only: string;
  readonly json?: boolean;
}

interface Row {
  readonly name: string;
  /** Seconds of the whole study. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly truth: number;
  /** truth / middle - 1. */
  readonly error: number;
  /** The same had the trainings been foreseen that were made: of the speed alone. */
  readonly speedError: number;
  readonly trainings: number;
  readonly forecastSeconds: number;
  readonly forecastPeakMiB: number;
  readonly peakMiB: number;
  readonly othersShare: number;
  readonly disturbed: boolean;
}

export async function benchForecast({ minutes, only, json }: Options): Promise<void> {
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const rows: Row[] = [];
  const [loadBefore = 0] = loadavg();
  const measure = async (name: string, settings: Readonly<Record<string, unknown>>) => {
    const study = await runStudy({ ...COMMON, ...settings });
    const row = rowOf(name, study);
    rows.push(row);
    note(tableRow(row));
  };
  note(TABLE_HEAD.join('\n'));
  for (const [name, settings] of Object.entries(STUDIES)) if (name.includes(only)) await measure(name, settings);
  if (minutes !== undefined) {
    const short = await runStudy({ ...COMMON, ...LONG, epochs: 1 });
    const epochs = Math.max(1, Math.ceil((60 * minutes) / short.forecast.total.seconds.middle));
    await measure(`${minutes} minutes`, { ...LONG, epochs });
  }
  if (rows.length === 0) throw new Error('no study has that name');
  const [loadAfter = 0] = loadavg();
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? process.arch}`;
  const facts = { date: new Date().toISOString().slice(0, 10), machine, loadBefore, loadAfter };
  const missed = rows.filter((row) => !row.disturbed && Math.abs(row.error) > MOST_ERROR);
  const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`;
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ ...facts, mostError: MOST_ERROR, rows }, null, 2)}\n`
      : `${[`${facts.date}, ${machine}, ${load}`, '', ...TABLE_HEAD, ...rows.map(tableRow)].join('\n')}\n`,
  );
  if (rows.some(({ disturbed }) => disturbed)) note(DISTURBED);
  for (const { name, error } of missed)
    note(`FAILED: ${name} took ${percent(error)} beside the middle of its forecast`);
  if (missed.length > 0) process.exitCode = 1;
}

const DISTURBED =
  'DISTURBED: other programs took part of the machine; such a row says nothing of the forecast and does not fail.';

/** Runs a study in a process of its own, so that its memory is its own too. */
function runStudy(settings: Readonly<Record<string, unknown>>): Promise<TimedStudy> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bench.mjs'), 'study', JSON.stringify(settings)]);
  let answer = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(JSON.parse(answer));
      else reject(new Error(`a study ended with ${code}: ${complaint.trim()}`));
    });
  });
}

function rowOf(name: string, { epochs, forecast, truth, peakBytes, othersShare }: TimedStudy): Row {
  const total = truth.at(-1);
  if (!total || total.error === null) throw new Error(`the study "${name}" has no forecast to compare with`);
  const expected = truth.slice(0, -1).reduce((sum, { forecast: { trainings, seconds }, trainings: made }) => {
    return sum + (trainings.middle > 0 ? (made * seconds.middle) / trainings.middle : 0);
  }, 0);
  const { low, middle, high } = total.forecast.seconds;
  return {
    name: `${name}, ${epochs} epochs`,
    low,
    middle,
    high,
    truth: total.seconds,
    error: total.error,
    speedError: total.seconds / expected - 1,
    trainings: total.trainings,
    forecastSeconds: forecast.timing.seconds,
    forecastPeakMiB: forecast.memory.peakBytes / 2 ** 20,
    peakMiB: peakBytes / 2 ** 20,
    othersShare,
    disturbed: othersShare > MOST_OTHERS,
  };
}

const TABLE_HEAD = [
  '| study | forecast | middle | truth | error | of the speed alone | trainings | timing took | peak MiB forecast | peak MiB | others, % |',
  '|---|---|---|---|---|---|---|---|---|---|---|',
];

function tableRow(row: Row): string {
  const cells = [
    row.name,
    `${durationInWords(row.low)} to ${durationInWords(row.high)}`,
    durationInWords(row.middle),
    durationInWords(row.truth),
    percent(row.error),
    percent(row.speedError),
    String(row.trainings),
    durationInWords(row.forecastSeconds),
    row.forecastPeakMiB.toFixed(0),
    row.peakMiB.toFixed(0),
    `${(100 * row.othersShare).toFixed(0)}${row.disturbed ? ' DISTURBED' : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(share: number): string {
  return `${share < 0 ? '-' : '+'}${Math.abs(100 * share).toFixed(0)} %`;
}
