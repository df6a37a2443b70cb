import type { Random } from './random';

/** The national part after the check digits; 9999 is no bank's code, so that nobody's real account is ever named. */
const BBAN: Readonly<Record<string, (random: Random) => string>> = {
  AT: random => `9999${random.digits(12)}`,
  BE: random => `9999${random.digits(8)}`,
  DE: random => `9999${random.digits(14)}`,
  FR: random => `9999${random.digits(19)}`,
  GB: random => `SBOX9999${random.digits(10)}`,
  IT: random => `X9999${random.digits(18)}`,
  LT: random => `9999${random.digits(12)}`,
  NL: random => `SBOX${random.digits(10)}`,
};

/** An IBAN with right length and check digits (ISO 13616; the length is that of the SWIFT registry). @throws RangeError for a country not in the table. */
export function iban(country: string, random: Random): string {
  const bban = BBAN[country]?.(random);
  if (bban === undefined) throw new RangeError(`No pattern of account numbers for ${country}`);
  return `${country}${checkDigits(`${bban}${country}`)}${bban}`;
}

/** A structured creditor reference, ISO 11649: RF, two check digits, up to 21 characters. */
export function rfReference(random: Random): string {
  const body = random.digits(12);
  return `RF${checkDigits(`${body}RF`)}${body}`;
}

/** A Belgian structured communication: ten digits and their remainder by 97, where 97 stands for 0. */
export function ogmReference(random: Random): string {
  const body = `9${random.digits(9)}`;
  const check = String(Number(BigInt(body) % 97n) || 97).padStart(2, '0');
  return `+++${body.slice(0, 3)}/${body.slice(3, 7)}/${body.slice(7)}${check}+++`;
}

/** ISO 7064 mod 97-10, letters as 10 to 35. */
function checkDigits(text: string): string {
  const digits = `${text}00`.replace(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55));
  return String(98n - (BigInt(digits) % 97n)).padStart(2, '0');
}
