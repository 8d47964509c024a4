import { COUNTS, measureNull, measureRegret, measureSynthetic, type NullRow, type RegretRow } from './searchQuality.ts';
import { measureTpe, whyNoOptuna } from './optunaTpe.ts';

export interface SearchBenchOptions {
  readonly seeds: number;
  readonly nullStudies: number;
  readonly synthetic?: boolean;
  readonly peer?: boolean;
  readonly json?: boolean;
}

/** How good the searches are on surfaces whose truth is known: tables on standard output, or JSON. */
export function benchSearch({ seeds, nullStudies, synthetic, peer, json }: SearchBenchOptions): void {
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const regrets: RegretRow[] = [];
  const claims: NullRow[] = [];
  const addRegret = (row: RegretRow) => {
    regrets.push(row);
    note(regretLine(row));
  };
  if (synthetic === true) {
    for (const row of measureSynthetic(seeds)) addRegret(row);
  } else {
    for (const row of measureRegret(seeds)) addRegret(row);
    const noOptuna = peer === true ? whyNoOptuna() : 'not asked for (--peer)';
    if (noOptuna === null) for (const row of measureTpe(seeds)) addRegret(row);
    else note(`without Optuna's TPE: ${noOptuna}`);
    for (const row of measureNull(nullStudies)) {
      claims.push(row);
      note(nullLine(row));
    }
  }
  const result = { seeds, nullStudies, counts: COUNTS, regret: regrets, null: claims };
  process.stdout.write(
    json === true ? `${JSON.stringify(result, null, 2)}\n` : markdown(seeds, nullStudies, regrets, claims),
  );
}

function markdown(seeds: number, studies: number, regrets: readonly RegretRow[], claims: readonly NullRow[]): string {
  const head = ['| surface | total rank | strategy |', ...COUNTS.map((count) => ` ${count} |`)].join('');
  const lines = [
    `Mean regret in percent over ${seeds} seeds after so many trainings:`,
    '',
    head,
    `|---|---|---|${COUNTS.map(() => '---|').join('')}`,
    ...regrets.map(regretLine),
  ];
  if (claims.length > 0) {
    lines.push(
      '',
      `Null twin, ${studies} studies: searches that name another vector than uniform, and verdicts that claim it better:`,
    );
    lines.push('', '| total rank | strategy | named | claimed |', '|---|---|---|---|', ...claims.map(nullLine));
  }
  return `${lines.join('\n')}\n`;
}

function regretLine({ surface, budget, strategy, regret }: RegretRow): string {
  return `| ${[surface, limit(budget), strategy, ...regret.map((value) => value.toFixed(2))].join(' | ')} |`;
}

function nullLine({ budget, strategy, unconfirmed, claims }: NullRow): string {
  return `| ${[limit(budget), strategy, percent(unconfirmed), percent(claims)].join(' | ')} |`;
}

function limit(budget: number | null): string {
  return budget === null ? 'any' : `≤ ${budget}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
