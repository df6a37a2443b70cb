import { isCredit, type Movement } from '../movement';
import type { Random } from '../random';
import { type BankFormat, transactionAmount } from './format';
import { capitals, dayFirst, filled } from './text';

/** Capitals throughout; the kind of booking and the name share a line of 44 characters, the payer's text stands before or after it. */
export const boursobank: BankFormat = {
  institution: 'BOURSOBANK_BOUSFRPPXXX',
  country: 'FR',
  product: 'Compte Pro',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { random }) => ({
    transactionId: random.digits(10),
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: transactionAmount(movement),
    remittanceInformationUnstructuredArray: lines(movement, random),
    internalTransactionId: random.hex(16),
  }),
};

function lines(movement: Movement, random: Random): string[] {
  const first = capitals(title(movement, random)).slice(0, 44).trim();
  if (movement.channel === 'card') return [first];
  const both = [first, capitals(movement.text)];
  return filled(random.between(1, 4) === 1 ? both.reverse() : both);
}

function title(movement: Movement, random: Random): string {
  const { channel, party, valueOn } = movement;
  if (channel === 'card') return `CARTE ${dayFirst(valueOn, '/', 'short')} ${party.name} CB*${random.digits(4)}`;
  if (channel === 'direct-debit') return `PRLV SEPA ${party.name}`;
  if (channel === 'transfer') return `${isCredit(movement) ? random.pick(['VIR SEPA', 'VIR INST']) : 'VIR SEPA'} ${party.name}`;
  return `*${party.name}`;
}
