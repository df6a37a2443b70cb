import { isCredit, type Movement } from '../movement';
import { type BankFormat, transactionAmount } from './format';
import { filled } from './text';

/** Several currencies in one account; no ids; who and what for are two lines of the text. */
export const revolut: BankFormat = {
  institution: 'REVOLUT_REVOLT21',
  country: 'LT',
  product: 'Business',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: true,
  line: movement => ({
    transactionAmount: transactionAmount(movement),
    remittanceInformationUnstructuredArray: filled([heading(movement), movement.channel === 'card' ? '' : movement.text]),
    bookingDate: movement.bookedOn,
  }),
};

function heading(movement: Movement): string {
  if (movement.channel !== 'transfer') return movement.party.name;
  return `${isCredit(movement) ? 'Payment from:' : 'Payment to:'} ${movement.party.name}`;
}
