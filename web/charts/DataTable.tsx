import type { Table } from '../../shared/export/report/table.ts';
import { ScrollRegion } from './ScrollRegion.tsx';

interface Props {
  readonly table: Table;
  /** What a screen reader calls it. */
  readonly caption: string;
}

/** A table of texts; the first cell names its row. */
export function DataTable({ table: { columns, rows }, caption }: Props) {
  const classOf = (i: number) => (columns[i]?.isNumber ? 'number' : undefined);
  return (
    <ScrollRegion label={caption}>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name }, i) => (
              <th key={name} scope="col" className={classOf(i)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ cells: [first = '', ...rest] }) => (
            <tr key={[first, ...rest].join('|')}>
              <th scope="row" className={classOf(0)} dir="auto">
                {first}
              </th>
              {rest.map((cell, i) => (
                <td key={columns[i + 1]?.name ?? i} className={classOf(i + 1)} dir="auto">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
