/** Rows as lines with aligned columns; a cell that is longer than its column is cut. */
export function table(rows: readonly (readonly string[])[], maxWidth = 44): string[] {
  const cells = rows.map(row => row.map(cell => cut(cell, maxWidth)));
  const widths: number[] = [];
  for (const row of cells) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return cells.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 3)}...` : text);
