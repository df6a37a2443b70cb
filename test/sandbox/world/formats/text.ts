/** Pieces of so many characters, whatever word that breaks, as in the sub-fields of an MT940 or a SEPA text block. */
export const wrap = (text: string, width: number): string[] =>
  (text.match(new RegExp(`.{1,${String(width)}}`, 'gsu')) ?? []).map(piece => piece.trim()).filter(piece => piece !== '');

const LETTERS: Readonly<Record<string, string>> = { Ä: 'AE', Ö: 'OE', Ü: 'UE', ß: 'SS', É: 'E', È: 'E', Ç: 'C', Ø: 'O' };

/** Capitals without accents, as old bank systems print names and texts. */
export const capitals = (text: string): string => text.toUpperCase().replace(/[ÄÖÜßÉÈÇØ]/g, letter => LETTERS[letter] ?? letter);

/** The lines that say something. */
export const filled = (lines: readonly string[]): string[] => lines.filter(line => line !== '');

/** "2026-03-09" as `DMY` with the separator: "09.03.2026"; `short` leaves the century out. */
export function dayFirst(date: string, separator: string, year: 'long' | 'short'): string {
  const [yyyy = '', month = '', day = ''] = date.split('-');
  return [day, month, year === 'long' ? yyyy : yyyy.slice(2)].join(separator);
}

/** "2026-03-09" as "20260309". */
export const compact = (date: string): string => date.replaceAll('-', '');
