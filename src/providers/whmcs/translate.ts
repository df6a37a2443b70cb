import { type Money, parseMoney } from '../../platform/money';
import type { BillingCustomer, BillingInvoice, BillingInvoiceStatus, BookedPayment } from '../billing-system';
import { malformed } from './errors';
import type { WireClient, WireInvoice, WireTransaction } from './schema';

/** 'Overdue' is no status of an invoice but a filter of GetInvoices: an overdue invoice is Unpaid. */
const STATUSES: Readonly<Record<WireInvoice['status'], BillingInvoiceStatus>> = {
  Unpaid: 'UNPAID',
  Paid: 'PAID',
  Cancelled: 'CANCELLED',
  Refunded: 'REFUNDED',
  Collections: 'COLLECTIONS',
  Draft: 'DRAFT',
  'Payment Pending': 'PAYMENT_PENDING',
};

/** @throws ProviderError `malformed` for amounts that the currency cannot have, or an invoice without a date. */
export function toInvoice(wire: WireInvoice, currency: string): BillingInvoice {
  if (wire.date === null) throw malformed(`sent invoice ${wire.invoiceid} without a date`);
  return {
    id: wire.invoiceid,
    number: wire.invoicenum === '' ? wire.invoiceid : wire.invoicenum,
    customerId: wire.userid,
    status: STATUSES[wire.status],
    total: toMoney(wire.total, currency),
    balance: toMoney(wire.balance, currency),
    issuedOn: wire.date,
    dueOn: wire.duedate,
  };
}

export const toCustomer = (wire: WireClient): BillingCustomer => ({
  id: wire.id,
  firstName: plainText(wire.firstname),
  lastName: plainText(wire.lastname),
  companyName: plainText(wire.companyname) || null,
  email: wire.email || null,
  currency: toCurrency(wire.currency_code),
});

/** The payments under exactly this transaction id: WHMCS also finds others, and refunds (amountout) carry ids as well. */
export const toPayments = (wires: readonly WireTransaction[], transactionId: string): BookedPayment[] =>
  wires
    .filter(({ transid, amountin }) => transid === transactionId && isPositive(amountin))
    .map(({ transid, invoiceid, amountin }) => ({ transactionId: transid, invoiceId: invoiceid, amount: amountin }));

/** WHMCS lets its owner type the codes of the currencies. */
export const toCurrency = (code: string): string => code.trim().toUpperCase();

/** `YYYY-MM-DD HH:mm:ss` in UTC; WHMCS takes it as it is, in whatever time zone it runs. */
export const toTimestamp = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ');

function toMoney(amount: string, currency: string): Money {
  try {
    return parseMoney(amount, currency);
  } catch (cause) {
    throw malformed(`sent an amount that cannot be: ${amount.slice(0, 40)} ${currency.slice(0, 10)}`, { cause });
  }
}

const isPositive = (amount: string): boolean => /^[^-]*[1-9]/.test(amount);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#039': "'", '#39': "'" };

/** WHMCS keeps what people type into forms with HTML entities (`Smith &amp; Sons`); payers write it without. */
const plainText = (text: string): string => text.replace(/&(amp|lt|gt|quot|#0?39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
