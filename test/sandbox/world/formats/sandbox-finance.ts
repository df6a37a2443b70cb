import { type Channel, isCredit, type Movement } from '../movement';
import { type BankFormat, transactionAmount, type WireLine } from './format';
import { compact } from './text';

/** The provider's own test bank: every common field is there. */
export const sandboxFinance: BankFormat = {
  institution: 'SANDBOXFINANCE_SFIN0000',
  country: 'DE',
  product: 'Main Account',
  showsPayer: true,
  wrapsAt: null,
  multiCurrency: false,
  line: (movement, { number, random }) => ({
    transactionId: `${compact(movement.bookedOn)}${random.digits(8)}-${String(number)}`,
    internalTransactionId: random.hex(32),
    bookingDate: movement.bookedOn,
    valueDate: movement.valueOn,
    transactionAmount: transactionAmount(movement),
    ...parties(movement),
    ...remittance(movement),
    bankTransactionCode: CODES[movement.channel][isCredit(movement) ? 'in' : 'out'],
  }),
};

/** ISO 20022 bank transaction codes: domain, family, sub-family. */
const CODES: Readonly<Record<Channel, Readonly<Record<'in' | 'out', string>>>> = {
  transfer: { in: 'PMNT-RCDT-ESCT', out: 'PMNT-ICDT-ESCT' },
  card: { in: 'PMNT-CCRD-RIMB', out: 'PMNT-CCRD-POSD' },
  'direct-debit': { in: 'PMNT-IDDT-ESDD', out: 'PMNT-RDDT-ESDD' },
  fee: { in: 'ACMT-MDOP-CHRG', out: 'ACMT-MDOP-CHRG' },
  interest: { in: 'ACMT-MCOP-INTR', out: 'ACMT-MDOP-INTR' },
};

function parties(movement: Movement): WireLine {
  const { name, iban } = movement.party;
  const role = isCredit(movement) ? 'debtor' : 'creditor';
  return { [`${role}Name`]: name, ...(iban === '' ? {} : { [`${role}Account`]: { iban } }) };
}

const remittance = ({ text }: Movement): WireLine => (text === '' ? {} : { remittanceInformationUnstructured: text });
