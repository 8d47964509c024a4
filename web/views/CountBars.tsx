interface Props {
  readonly caption: string;
  readonly rows: readonly { readonly name: string; readonly count: number }[];
  readonly total: number;
}

/** Counts as bars beside their numbers: chart and table in one. */
export function CountBars({ caption, rows, total }: Props) {
  return (
    <table className="bars">
      <caption>{caption}</caption>
      <tbody>
        {rows.map(({ name, count }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <meter min={0} max={total} value={count} aria-label={name} />
            </td>
            <td className="number">{count.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
