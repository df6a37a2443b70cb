import { isCredit, type Movement } from '../movement';
import type { Random } from '../random';
import { type BankFormat, transactionAmount, type WireLine } from './format';
import { capitals, dayFirst, filled } from './text';

/**
 * Everything is in the lines of the text, names too: a `BEA` block for card payments, a labelled SEPA block for the rest.
 * A card payment has a time of value but no booking date.
 */
export const abnAmro: BankFormat = {
  institution: 'ABNAMRO_ABNANL2A',
  country: 'NL',
  product: 'Zakelijke Rekening',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { random }) => ({
    transactionId: random.digits(16),
    ...dates(movement, random),
    transactionAmount: transactionAmount(movement),
    remittanceInformationUnstructuredArray: movement.channel === 'card' ? cardBlock(movement, random) : sepaBlock(movement),
  }),
};

function dates({ channel, bookedOn, valueOn, time }: Movement, random: Random): WireLine {
  const valueDateTime = `${valueOn}T${time}.${random.digits(3)}`;
  return channel === 'card' ? { valueDateTime } : { bookingDate: bookedOn, valueDateTime };
}

const cardBlock = ({ party, text, valueOn, time }: Movement, random: Random): string[] => [
  random.pick(['BEA, Betaalpas', 'BEA, Apple Pay']),
  `${random.pick(['', 'CCV*'])}${party.name},PAS${random.digits(3)}`,
  `NR:${random.hex(6).toUpperCase()}, ${dayFirst(valueOn, '.', 'short')}/${time.slice(0, 5)}`,
  capitals(text),
];

function sepaBlock(movement: Movement): string[] {
  const { party, text } = movement;
  const account = party.iban === '' ? '' : `IBAN: ${party.iban}`;
  return filled([title(movement), account, `Naam: ${party.name}`, text === '' ? '' : `Omschrijving: ${text}`, 'Kenmerk: NOTPROVIDED']);
}

function title(movement: Movement): string {
  if (movement.channel === 'direct-debit') return 'SEPA Incasso algemeen doorlopend';
  if (movement.channel === 'transfer') return 'SEPA Overboeking';
  return isCredit(movement) ? 'Rente' : 'Kosten';
}
