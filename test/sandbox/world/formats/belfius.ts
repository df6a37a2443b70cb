import { isCredit, type Movement } from '../movement';
import type { Random } from '../random';
import { type BankFormat, transactionAmount } from './format';
import { capitals, compact, dayFirst } from './text';

/** One string in capitals that holds everything; every line carries the same transactionId, only the internal one tells them apart. */
export const belfius: BankFormat = {
  institution: 'BELFIUS_GKCCBEBB',
  country: 'BE',
  product: 'Business Account',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { number, random }) => ({
    transactionId: '0000000000',
    internalTransactionId: `D${compact(movement.bookedOn)}${String(number).padStart(7, '0')}`,
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: transactionAmount(movement),
    remittanceInformationUnstructured: sentence(movement, random),
  }),
};

/** The bank cuts a name after 26 characters. */
function sentence(movement: Movement, random: Random): string {
  const name = movement.party.name.slice(0, 26).trim();
  const words = [opening(movement), name, movement.party.iban, movement.text === '' ? '' : `COMMUNICATION : ${movement.text}`];
  const ending = `REF. : ${random.hex(12)} VAL. ${dayFirst(movement.valueOn, '-', 'long').slice(0, 5)}`;
  return capitals([...words, ending].filter(word => word !== '').join(' '));
}

function opening(movement: Movement): string {
  if (movement.channel === 'card') return 'ACHAT PAR CARTE';
  if (movement.channel === 'direct-debit') return 'DOMICILIATION EUROPEENNE POUR';
  return isCredit(movement) ? 'VIREMENT EUROPEEN DE' : 'VIREMENT EUROPEEN VERS';
}
