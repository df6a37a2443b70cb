import { isCredit, type Movement } from '../movement';
import { type BankFormat, type LineContext, transactionAmount } from './format';
import { capitals, dayFirst } from './text';

/** One sentence, a booking date and nothing else: no id, no value date, no party. */
export const bper: BankFormat = {
  institution: 'BPER_RETAIL_BPMOIT22',
  country: 'IT',
  product: 'Conto Impresa',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, context) => ({
    bookingDate: movement.bookedOn,
    remittanceInformationUnstructured: sentence(movement, context).trim(),
    transactionAmount: transactionAmount(movement),
  }),
};

function sentence(movement: Movement, { owner, random }: LineContext): string {
  const { party, text, channel, valueOn } = movement;
  const name = capitals(party.name);
  if (channel === 'card')
    return `PAGAMENTO SU CIRCUITO INTERNAZIONALE ${name} ${capitals(text)} Operazione carta ****${random.digits(4)} del ${dayFirst(valueOn, '.', 'long')}`;
  if (channel === 'direct-debit') return `ADDEBITO SEPA DD ${name} ${text} Deb: ${capitals(owner)}`;
  if (channel !== 'transfer') return `${name} ${text}`;
  const branch = `ABI-CAB: ${random.digits(5)}-${random.digits(5)}`;
  if (!isCredit(movement)) return `DISPOSIZIONE a favore di ${name} ${branch} ${text}`;
  return `BONIFICO o/c: ${name} ${branch} a favore di ${capitals(owner)} Num. Bon.Sepa ${random.digits(15)} ${text}`;
}
