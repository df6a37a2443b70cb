import { type Channel, isCredit, type Movement } from '../movement';
import { type BankFormat, transactionAmount } from './format';

/** The text hides behind keys that are mostly empty; names and texts are padded with runs of blanks. */
export const ingGermany: BankFormat = {
  institution: 'ING_INGDDEFF',
  country: 'DE',
  product: 'Girokonto',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { number, random }) => ({
    transactionId: `0000${String(20_417_300_000 + number * 7)}`,
    endToEndId: random.pick(['NOTPROVIDED', 'NOTPROVIDED', `${random.digits(7)}-${random.digits(10)}`]),
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: transactionAmount(movement),
    [isCredit(movement) ? 'debtorName' : 'creditorName']: movement.party.name.padEnd(54),
    remittanceInformationUnstructured: `mandatereference:,creditorid:,remittanceinformation:${text(movement)}`,
    proprietaryBankTransactionCode: codeOf(movement),
    internalTransactionId: random.hex(32),
  }),
};

const text = ({ channel, text: written }: Movement): string =>
  channel === 'card' ? `${written.padEnd(27)}KAUFUMSATZ`.padEnd(54) : written.padEnd(27);

const CODES: Readonly<Record<Channel, string>> = {
  transfer: 'Überweisung',
  card: 'Lastschrifteinzug',
  'direct-debit': 'Lastschrifteinzug',
  fee: 'Entgelt',
  interest: 'Zins',
};

const codeOf = (movement: Movement): string =>
  movement.channel === 'transfer' && isCredit(movement) ? 'Gutschrift' : CODES[movement.channel];
