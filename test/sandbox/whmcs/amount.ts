/** Amounts in WHMCS have two decimal places in every currency: here they are whole hundredths. */

const NUMBER = /^\s*([+-]?)(\d+)(?:\.(\d+))?/;

/** Reads what can be read from the left, as PHP does, and rounds to hundredths; nothing readable is 0. */
export function hundredths(text: string): bigint {
  const [, sign, whole = '0', fraction = ''] = NUMBER.exec(text) ?? [];
  const thousandths = BigInt(whole + fraction.slice(0, 3).padEnd(3, '0'));
  const rounded = (thousandths + 5n) / 10n;
  return sign === '-' ? -rounded : rounded;
}

export function decimal(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
