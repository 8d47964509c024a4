import { cpus, loadavg } from 'node:os';
import { whyNoPeer } from '../support/peerPython.ts';
import type { Comparison, Measured, Row } from './compare.ts';

/** Notes on standard error while a bench runs, and its result on standard output: a Markdown table, or JSON. */
export interface Report {
  readonly withPeer: boolean;
  note(line: string): void;
  add(comparison: Comparison): void;
  finish(): void;
}

export function startReport({ json }: { json?: boolean | undefined }): Report {
  const rows: Row[] = [];
  const about = new Map<string, string>();
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? process.arch}`;
  const [loadBefore = 0] = loadavg();
  const noPeer = whyNoPeer();
  const note = (line: string) => process.stderr.write(`${line}\n`);
  if (noPeer !== undefined) note(`not beside PyTorch: ${noPeer}`);
  return {
    withPeer: noPeer === undefined,
    note,
    add(comparison) {
      rows.push(...comparison.rows);
      for (const [name, text] of comparison.about) about.set(name, text);
      for (const [name, reason] of comparison.missing) note(`without ${name}: ${reason}`);
      for (const row of comparison.rows) note(tableRow(row));
      if (comparison.rows.some(({ disturbed }) => disturbed)) note(DISTURBED);
    },
    finish() {
      if (rows.length === 0) throw new Error('nothing was measured: no engine runs here, or no work has that name');
      const [loadAfter = 0] = loadavg();
      const facts = { date: new Date().toISOString().slice(0, 10), machine, loadBefore, loadAfter };
      if (json === true) {
        process.stdout.write(`${JSON.stringify({ ...facts, about: Object.fromEntries(about), rows }, null, 2)}\n`);
        return;
      }
      const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`;
      const sides = [...about].map(([name, text]) => `- ${name}: ${text}`);
      process.stdout.write(
        [
          `${facts.date}, ${machine}, ${load}`,
          '',
          ...sides,
          '',
          ...TABLE_HEAD,
          ...rows.map(tableRow),
          '',
          ...(rows.some(({ disturbed }) => disturbed) ? [DISTURBED, ''] : []),
        ].join('\n'),
      );
    },
  };
}

const TABLE_HEAD = [
  '| work | engine | ms | PyTorch ms | ratio | CPU ms | PyTorch CPU ms | CPU ratio | load s | PyTorch load s | peak MiB (imports) | PyTorch peak MiB (imports) | others, % |',
  '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
];

const DISTURBED =
  'DISTURBED: other programs took part of the machine. With several threads neither wall nor processor time can be compared ' +
  '(threads that wait awake for a descheduled one multiply both); with --threads 1 the ratio of processor time can.';

function tableRow({ work, engine, ratio, cpuRatio, ours, peer, disturbed }: Row): string {
  const pair = (show: (side: Measured) => string) => [show(ours), peer ? show(peer) : '-'];
  const cells = [
    work,
    engine,
    ...pair(({ ms }) => ms.toFixed(0)),
    ratio?.toFixed(2) ?? '-',
    ...pair(({ cpuMs }) => cpuMs.toFixed(0)),
    cpuRatio?.toFixed(2) ?? '-',
    ...pair(({ loadSeconds }) => loadSeconds.toFixed(1)),
    ...pair(({ peakMiB, importMiB }) => `${peakMiB.toFixed(0)} (${importMiB.toFixed(0)})`),
    `${(100 * Math.max(ours.othersShare, peer?.othersShare ?? 0)).toFixed(0)}${disturbed ? ' DISTURBED' : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}
