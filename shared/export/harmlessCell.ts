/** A text for a cell of a CSV file: one that a spreadsheet would run as a formula starts with '. */
export function harmlessCell(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
