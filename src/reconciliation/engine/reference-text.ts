/** A run of letters or a run of digits: the smallest piece of a reference. `INV-007` has two, `INV` and `007`. */
export interface Group {
  /** In capitals, without accents. */
  readonly text: string;
  readonly digits: boolean;
  /** Where it stands in the text that it was read from. */
  readonly start: number;
  readonly end: number;
}

/** More than any bank's remittance information can hold (SEPA 140, MT940 390 characters); what lies behind is not read. */
const MAX_GROUPS_READ = 250;
const GROUP = /\d+|[\p{L}\p{M}]+/gu;

/** Splits a text into its runs of letters and digits; all else only separates. */
export function groupsOf(text: string): readonly Group[] {
  const runs = [...text.matchAll(GROUP)].slice(0, MAX_GROUPS_READ);
  return runs.map(({ 0: run, index }) => ({ text: fold(run), digits: /^\d/.test(run), start: index, end: index + run.length }));
}

/** As written but for separators: `NW-2026-00017` and `NW202600017` have the same. */
export const exactKey = (groups: readonly Group[]): string => groups.map(group => group.text).join('');

/** Without leading zeros but with the same grouping: `INV-007`, `inv 7` and `INV7` have the same. */
export const reducedKey = (groups: readonly Group[]): string => groups.map(group => group.text.replace(/^0+(?=\d)/, '')).join('-');

export const digitsIn = (key: string): number => key.replace(/\D/g, '').length;

/** Capitals without accents (NFKD). */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
