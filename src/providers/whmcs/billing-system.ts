import { badInput } from '../../platform/errors';
import { outbound, type Send } from '../../platform/http/outbound';
import { ProviderError } from '../../platform/http/provider-error';
import { decimalOf, exponentOf } from '../../platform/money';
import type { BillingCustomer, BillingInvoice, BillingPage, BillingSystem, BookedPayment, NewPayment } from '../billing-system';
import { WhmcsClient, type WhmcsCredentials } from './client';
import { malformed, PROVIDER } from './errors';
import { ClientDetails, Invoice, InvoiceList, TransactionList } from './schema';
import { toCurrency, toCustomer, toInvoice, toPayments, toTimestamp } from './translate';

export interface WhmcsSettings extends WhmcsCredentials {
  /** System name of the payment gateway to book under, such as `banktransfer`; not the name that customers see. */
  readonly gateway: string;
  /** The transport; `outbound` unless told. */
  readonly send?: Send;
  /** For one attempt of one call. */
  readonly timeoutMs?: number;
}

/** A WHMCS installation, by its API with identifier and secret. The instance caches currencies, so make one a tenant. */
export const whmcs = ({ gateway, send, timeoutMs, ...credentials }: WhmcsSettings): BillingSystem =>
  new Whmcs(gateway, new WhmcsClient(credentials, send ?? outbound(PROVIDER, timeoutMs === undefined ? {} : { timeoutMs })));

const PAGE_SIZE = 100;
/** tblaccounts of WHMCS has amountin DECIMAL(…,2) and transid VARCHAR(64), and cuts off silently what does not fit. */
const DECIMAL_PLACES = 2;
const MAX_TRANSACTION_ID = 64;

interface KnownCurrency {
  readonly customerId: string;
  readonly currency: string;
}

class Whmcs implements BillingSystem {
  readonly name = PROVIDER;
  private readonly currencyByInvoice = new Map<string, KnownCurrency>();
  private readonly currencyByCustomer = new Map<string, string>();

  constructor(
    private readonly gateway: string,
    private readonly client: WhmcsClient,
  ) {}

  /**
   * In order of id, so that invoices which appear meanwhile come last. One that is settled meanwhile moves the later
   * ones up: what slips over a page's edge is found by the next pass.
   */
  async openInvoices(offset: number): Promise<BillingPage> {
    const page = { limitstart: String(offset), limitnum: String(PAGE_SIZE), status: 'Unpaid', orderby: 'id', order: 'asc' };
    const { invoices, totalresults: total } = await this.client.read(InvoiceList, 'GetInvoices', page);
    const end = offset + invoices.length;
    if (invoices.length === 0 && offset < total) throw malformed(`sent none of its ${total} invoices from ${offset} on`);
    for (const { id, userid, currencycode } of invoices) this.remember(id, userid, currencycode);
    return { invoiceIds: invoices.map(({ id }) => id), total, next: end < total ? end : null };
  }

  async invoice(id: string): Promise<BillingInvoice> {
    const wire = await this.client.read(Invoice, 'GetInvoice', { invoiceid: id });
    if (wire.invoiceid !== id) throw notFound(`invoice ${id}`);
    const currency = await this.currencyOf(id, wire.userid);
    this.remember(id, wire.userid, currency);
    return toInvoice(wire, currency);
  }

  async customer(id: string): Promise<BillingCustomer> {
    const { client } = await this.client.read(ClientDetails, 'GetClientsDetails', { clientid: id });
    if (client.id !== id) throw notFound(`client ${id}`);
    const customer = toCustomer(client);
    this.currencyByCustomer.set(id, customer.currency);
    return customer;
  }

  async payments(transactionId: string): Promise<readonly BookedPayment[]> {
    const { transactions } = await this.client.read(TransactionList, 'GetTransactions', { transid: transactionId });
    return toPayments(transactions, transactionId);
  }

  /**
   * The customer gets WHMCS's usual confirmation of payment: `noemail` is left out on purpose.
   * @throws BAD_USER_INPUT for a payment that WHMCS would book otherwise than told.
   * @throws ProviderError `ambiguous` when it may have been booked although no proper answer came.
   */
  async addPayment(payment: NewPayment): Promise<void> {
    this.assertBookable(payment);
    await this.client.write('AddInvoicePayment', {
      invoiceid: payment.invoiceId,
      transid: payment.transactionId,
      gateway: this.gateway,
      date: toTimestamp(payment.paidAt),
      amount: decimalOf(payment.amount),
    });
  }

  /** WHMCS reads an amount of nothing as "the whole balance" and knows no currency but the invoice's. */
  private assertBookable({ invoiceId, transactionId, amount }: NewPayment): void {
    const known = this.currencyByInvoice.get(invoiceId)?.currency ?? amount.currency;
    if (amount.currency !== known) throw badInput('amount', `Invoice ${invoiceId} is in ${known}, not in ${amount.currency}`);
    if (amount.amountMinor <= 0n) throw badInput('amount', 'A payment must be more than nothing');
    if (isTooFine(amount.amountMinor, amount.currency)) throw badInput('amount', `WHMCS cannot hold ${decimalOf(amount)} ${known} exactly`);
    if (transactionId === '' || transactionId.length > MAX_TRANSACTION_ID) {
      throw badInput('transactionId', `A transaction id has 1 to ${MAX_TRANSACTION_ID} characters in WHMCS`);
    }
  }

  private remember(invoiceId: string, customerId: string, currency: string): void {
    if (currency !== '') this.currencyByInvoice.set(invoiceId, { customerId, currency: toCurrency(currency) });
  }

  /** WHMCS bills a client in one currency: the invoice has none of its own, and takes the new client's when it is moved. */
  private async currencyOf(invoiceId: string, customerId: string): Promise<string> {
    const known = this.currencyByInvoice.get(invoiceId);
    if (known?.customerId === customerId) return known.currency;
    return this.currencyByCustomer.get(customerId) ?? (await this.customer(customerId)).currency;
  }
}

const isTooFine = (amountMinor: bigint, currency: string): boolean =>
  amountMinor % 10n ** BigInt(Math.max(exponentOf(currency) - DECIMAL_PLACES, 0)) !== 0n;

const notFound = (what: string) => new ProviderError(PROVIDER, 'not_found', `${PROVIDER} has no ${what}`);
