import { type Channel, isCredit, type Movement } from '../movement';
import { type BankFormat, transactionAmount, type WireLine } from './format';
import { dayFirst } from './text';

/** Free text in the structured fields, as a string or, for fees, as a list; the bank's own transaction codes. */
export const sparkasseMarburg: BankFormat = {
  institution: 'SPK_MARBURG_BIEDENKOPF_HELADEF1MAR',
  country: 'DE',
  product: 'Kontokorrent',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { random }) => ({
    transactionId: random.hex(32),
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: transactionAmount(movement),
    [isCredit(movement) ? 'debtorName' : 'creditorName']: movement.party.name,
    ...remittance(movement),
    proprietaryBankTransactionCode: CODES[movement.channel],
    internalTransactionId: random.hex(32),
  }),
};

const CODES: Readonly<Record<Channel, string>> = {
  transfer: 'NTRF+166+9251+997-SEPA',
  card: 'NDDT+106+9248+992-KART',
  'direct-debit': 'NDDT+105+9248+992-LAST',
  fee: 'NCHG+808+9026+000-ENTG',
  interest: 'NINT+814+9026+000-ZINS',
};

function remittance({ channel, text, bookedOn, time }: Movement): WireLine {
  if (channel === 'card')
    return { remittanceInformationStructured: `AUTORISATION  ${dayFirst(bookedOn, '.', 'short').slice(0, 6)} ${time.slice(0, 5)}` };
  if (channel === 'fee') return { remittanceInformationStructuredArray: text.split(', ') };
  return text === '' ? {} : { remittanceInformationStructured: text };
}
