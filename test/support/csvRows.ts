import Papa from 'papaparse/papaparse.js';

/** The rows of a CSV file by the heads of their columns. */
export function csvRows(csv: string): Record<string, string>[] {
  const { data, errors } = new Papa.Parser({ delimiter: ',', newline: '\r\n' }).parse(csv, 0, true);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const [heads = [], ...rows] = data;
  return rows.map((cells) => Object.fromEntries(heads.map((head, i) => [head, cells[i] ?? ''])));
}
