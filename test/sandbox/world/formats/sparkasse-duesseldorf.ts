import { type Channel, isCredit, type Movement } from '../movement';
import { type BankFormat, transactionAmount, type WireLine } from './format';
import { capitals, compact, wrap } from './text';

const WIDTH = 27;

/**
 * The sub-fields of an MT940, 27 characters each, broken anywhere. Who paid is not told; whom we paid is. The additional information
 * holds the bank's own word for the booking. No internalTransactionId.
 */
export const sparkasseDuesseldorf: BankFormat = {
  institution: 'SSK_DUSSELDORF_DUSSDEDDXXX',
  country: 'DE',
  product: 'S-Firmenkonto',
  showsPayer: false,
  wrapsAt: WIDTH,
  multiCurrency: false,
  line: (movement, { number }) => ({
    transactionId: `${compact(movement.bookedOn)}00000000-${String(number)}`,
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: transactionAmount(movement),
    ...creditor(movement),
    ...remittance(movement),
    additionalInformation: WORDS[movement.channel],
  }),
};

const WORDS: Readonly<Record<Channel, string>> = {
  transfer: 'UEBERWEISUNG',
  card: 'KARTENZAHLUNG',
  'direct-debit': 'FOLGELASTSCHRIFT',
  fee: 'ENTGELTABSCHLUSS',
  interest: 'ABSCHLUSS',
};

const creditor = (movement: Movement): WireLine =>
  isCredit(movement) ? {} : { creditorName: capitals(movement.party.name).slice(0, WIDTH).trim() };

const remittance = ({ text }: Movement): WireLine => (text === '' ? {} : { remittanceInformationUnstructuredArray: wrap(text, WIDTH) });
