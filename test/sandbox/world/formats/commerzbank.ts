import { type Channel, isCredit, type Movement } from '../movement';
import { type BankFormat, trimmedAmount, type WireLine } from './format';
import { filled, wrap } from './text';

const WIDTH = 35;

/**
 * Lines of 35 characters, broken in the middle of words, keyword and reference alike; the same lines once more joined by line breaks and,
 * cut short, in the structured field. The payer is the first line only; there is no transactionId; amounts drop their zeros.
 */
export const commerzbank: BankFormat = {
  institution: 'COMMERZBANK_COBADEFF',
  country: 'DE',
  product: 'Geschäftskonto',
  showsPayer: true,
  wrapsAt: WIDTH,
  multiCurrency: false,
  line: (movement, { random }) => ({
    endToEndId: 'NOTPROVIDED',
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: trimmedAmount(movement),
    ...creditor(movement),
    ...texts(block(movement)),
    internalTransactionId: random.hex(random.pick([21, 27, 32])),
  }),
};

const KINDS: Readonly<Record<Channel, string>> = {
  transfer: 'Überweisung',
  card: 'Kartenzahlung',
  'direct-debit': 'SEPA-BASISLASTSCHRIFT wiederholend',
  fee: 'Entgelt',
  interest: 'Zinsen',
};

const creditor = (movement: Movement): WireLine => (isCredit(movement) ? {} : { creditorName: movement.party.name.slice(0, WIDTH).trim() });

const block = ({ party, text, channel }: Movement): string[] =>
  filled([party.name.slice(0, WIDTH).trim(), party.iban, ...wrap(`${text} End-to-End-Ref.: NOTPROVIDED`.trim(), WIDTH), KINDS[channel]]);

const texts = (lines: readonly string[]): WireLine => ({
  remittanceInformationUnstructured: lines.join('\n'),
  remittanceInformationUnstructuredArray: lines,
  remittanceInformationStructured: lines.join(' ').slice(0, 140),
});
