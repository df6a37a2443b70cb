import { fold } from './reference-text';

/** The telling words of a name, sorted, each once. */
export type NameWords = readonly string[];

/** Legal forms, titles and joining words: they are left out, added and abbreviated at will. */
const IGNORED: ReadonlySet<string> = new Set(
  (
    'GMBH MBH UG AG KG KGAA OHG GBR EK EV EG BV NV VOF CV BVBA SPRL SRL SARL RL SAS SASU SA EURL SCI SNC SPA SL SLU LDA ' +
    'LTD LIMITED LLC LLP LP PLC INC INCORPORATED CORP CORPORATION CO COMPANY PTY AB AS ASA OY OYJ APS KFT ZRT SRO SP Z OO DOO OOD SE ' +
    'MR MRS MS MISS MX DR PROF DIPL ING HERR FRAU HERRN DHR MEVR MW MME MLLE SIG SIGRA ' +
    'AND UND EN ET E Y THE'
  ).split(' '),
);
/** A cut word still tells from its first four letters on; one letter is an initial. */
const CUT_AT_LEAST = 4;
/** Letters that NFKD leaves whole. */
const WHOLE_LETTERS: Readonly<Record<string, string>> = { Ø: 'O', Ł: 'L', Đ: 'D', Æ: 'A', Œ: 'O', Þ: 'TH' };

/**
 * `Dr. Jörg Müller` and `MUELLER JOERG` have the same words: accents folded, ae, oe and ue taken for the umlauts that they
 * stand for, order and legal forms (B.V., S.à r.l.) gone. A name of nothing but such words keeps them.
 */
export function wordsOf(name: string): NameWords {
  const plain = fold(name)
    .replace(/[ØŁĐÆŒÞ]/g, letter => WHOLE_LETTERS[letter] ?? letter)
    .replace(/([AOU])E/g, '$1')
    .replace(/['’`]/g, '')
    .replace(/\b[A-Z](?:\.[A-Z])+\b\.?/g, initials => `${initials.replaceAll('.', '')} `);
  const words = [...new Set(plain.match(/[\p{L}\d]+/gu))].sort();
  const telling = words.filter(word => !IGNORED.has(word));
  return telling.length > 0 ? telling : words;
}

/** How alike two names are, in basis points: the share of their letters that stands in words which both have, whole, cut or as an initial. */
export function similarity(one: NameWords, other: NameWords): number {
  const letters = lettersIn(one) + lettersIn(other);
  if (letters === 0) return 0;
  const shared = one.filter(word => other.includes(word));
  const left = other.filter(word => !shared.includes(word));
  let common = lettersIn(shared);
  for (const word of one) {
    const at = shared.includes(word) ? -1 : left.findIndex(candidate => isCutOf(word, candidate) || isCutOf(candidate, word));
    const [match = ''] = at < 0 ? [] : left.splice(at, 1);
    common += Math.min(word.length, match.length);
  }
  return Math.trunc((20_000 * common) / letters);
}

const isCutOf = (short: string, long: string): boolean => (short.length === 1 || short.length >= CUT_AT_LEAST) && long.startsWith(short);

const lettersIn = (words: NameWords): number => words.reduce((sum, word) => sum + word.length, 0);
