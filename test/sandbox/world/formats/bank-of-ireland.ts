import { isCredit, type Movement } from '../movement';
import { type BankFormat, transactionAmount } from './format';
import { capitals } from './text';

/** A time instead of a date; a card payment's day is glued to the merchant; a transfer is name and reference in a row. */
export const bankOfIreland: BankFormat = {
  institution: 'BANKOFIRELAND_B365_BOFIGB2B',
  country: 'GB',
  product: 'Business Current Account',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { random }) => ({
    transactionId: random.uuid(),
    bookingDateTime: `${movement.bookedOn}T${movement.time}Z`,
    transactionAmount: transactionAmount(movement),
    remittanceInformationUnstructured: text(movement),
  }),
};

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

function text(movement: Movement): string {
  const { party, channel, valueOn } = movement;
  const name = capitals(party.name);
  if (channel === 'card') return `POSC${valueOn.slice(8)}${MONTHS[Number(valueOn.slice(5, 7)) - 1] ?? ''} ${name}`;
  return `${isCredit(movement) ? '' : 'TO '}${name} ${movement.text}`.trim();
}
