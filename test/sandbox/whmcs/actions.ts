import type { SandboxInvoice } from '../world/world';
import { type Answer, failure, listed, success } from './answer';
import { hundredths } from './amount';
import type { Installation, LiveInvoice } from './installation';

type Action = (installation: Installation, form: URLSearchParams) => Answer;

/** Carries out one call of the API; the names of actions are of any case. */
export function perform(installation: Installation, form: URLSearchParams): Answer {
  const action = ACTIONS[(form.get('action') ?? '').toLowerCase()];
  return refusedAccess(installation, form) ?? action?.(installation, form) ?? failure('Command Not Found', 400);
}

const getInvoices: Action = (installation, form) => {
  const chosen = installation.invoices().filter(invoice => isAskedFor(installation, invoice, form));
  const sorted = chosen.sort(BY_FIELD[form.get('orderby') ?? 'id'] ?? byId);
  if (form.get('order')?.toLowerCase() !== 'asc') sorted.reverse();
  const start = count(form, 'limitstart', 0);
  const page = sorted.slice(start, start + count(form, 'limitnum', 25));
  return success({
    totalresults: sorted.length,
    startnumber: start,
    numreturned: page.length,
    invoices: listed(
      'invoice',
      page.map(invoice => inList(installation, invoice)),
    ),
  });
};

const getInvoice: Action = (installation, form) => {
  const invoice = installation.invoice(id(form, 'invoiceid'));
  if (!invoice) return failure('Invoice ID Not Found');
  const transactions = installation.payments.filter(({ invoiceid }) => invoiceid === invoice.id);
  return success({
    invoiceid: Number(invoice.id),
    ...common(invoice),
    balance: invoice.balance,
    ccgateway: false,
    paymentmethod: installation.business.whmcs.gateway,
    items: listed(
      'item',
      invoice.items.map((item, index) => ({ id: index + 1, type: 'Hosting', relid: 0, ...item, taxed: 0 })),
    ),
    transactions: listed('transaction', transactions),
  });
};

/** Finds every transid that has the asked one within it, whatever the case: whoever needs the exact one must look. */
const getTransactions: Action = ({ payments }, form) => {
  const wanted = { invoiceid: form.get('invoiceid'), userid: form.get('clientid'), transid: form.get('transid')?.toLowerCase() };
  const found = payments.filter(
    payment =>
      (!wanted.invoiceid || payment.invoiceid === wanted.invoiceid) &&
      (!wanted.userid || payment.userid === wanted.userid) &&
      (!wanted.transid || payment.transid.toLowerCase().includes(wanted.transid)),
  );
  return success({ totalresults: found.length, startnumber: 0, numreturned: found.length, transactions: listed('transaction', found) });
};

/**
 * WHMCS documents what it requires but not what it says when that is missing: here such a call is refused, so that
 * a wrong one (the gateway's display name, a date of another form) is found.
 */
const addInvoicePayment: Action = (installation, form) => {
  const text = (name: string) => form.get(name) ?? '';
  const invoice = installation.invoice(id(form, 'invoiceid'));
  if (!invoice) return failure('Invoice ID Not Found');
  if (invoice.status === 'Cancelled') return failure('It is not possible to add a payment to an invoice that is Cancelled');
  if (text('transid') === '') return failure('Transaction ID is required');
  if (text('gateway') !== installation.business.whmcs.gateway) return failure('Payment Method is required');
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text('date'))) return failure('Date is required');
  installation.addPayment(invoice, {
    invoiceid: invoice.id,
    transid: text('transid'),
    gateway: text('gateway'),
    date: text('date'),
    amount: text('amount'),
    fees: text('fees'),
  });
  return success();
};

const getClientsDetails: Action = (installation, form) => {
  const { clients, currency } = installation.business.whmcs;
  const email = form.get('email');
  if (!form.get('clientid') && !email) return failure('Either clientid Or email Is Required');
  const client = form.get('clientid') ? installation.client(id(form, 'clientid')) : clients.find(known => known.email === email);
  if (!client) return failure('Client Not Found');
  const number = Number(client.id);
  return success({
    client: {
      client_id: number,
      userid: number,
      ...client,
      id: number,
      fullname: `${client.firstname} ${client.lastname}`,
      countrycode: installation.business.country,
      currency: Number(currency.id),
      status: 'Active',
      credit: installation.creditOf(client.id),
      currency_code: currency.code,
    },
  });
};

const getCurrencies: Action = ({ business: { whmcs } }) =>
  success({ totalresults: '1', currencies: { currency: [{ ...whmcs.currency, format: '1', rate: '1.00000' }] } });

const getPaymentMethods: Action = ({ business: { whmcs } }) =>
  success({ totalresults: 1, paymentmethods: { paymentmethod: [{ module: whmcs.gateway, displayname: 'Bank Transfer' }] } });

const ACTIONS: Readonly<Record<string, Action>> = {
  getinvoices: getInvoices,
  getinvoice: getInvoice,
  gettransactions: getTransactions,
  addinvoicepayment: addInvoicePayment,
  getclientsdetails: getClientsDetails,
  getcurrencies: getCurrencies,
  getpaymentmethods: getPaymentMethods,
};

/** As in practice: an identifier that is missing or has the wrong secret gets another message than an unknown one. */
function refusedAccess({ business: { whmcs } }: Installation, form: URLSearchParams): Answer | undefined {
  const identifier = form.get('identifier') ?? '';
  if (identifier !== '' && identifier !== whmcs.identifier) return failure('Invalid or missing credentials', 403);
  return identifier !== '' && form.get('secret') === whmcs.secret ? undefined : failure('Authentication Failed', 403);
}

type Order = (a: SandboxInvoice, b: SandboxInvoice) => number;

const byId: Order = (a, b) => Number(a.id) - Number(b.id);
const then =
  (first: Order): Order =>
  (a, b) =>
    first(a, b) || byId(a, b);
const BY_FIELD: Readonly<Record<string, Order>> = {
  id: byId,
  invoicenumber: then((a, b) => a.invoicenum.localeCompare(b.invoicenum)),
  date: then((a, b) => a.date.localeCompare(b.date)),
  duedate: then((a, b) => a.duedate.localeCompare(b.duedate)),
  total: then((a, b) => Number(hundredths(a.total) - hundredths(b.total))),
  status: then((a, b) => a.status.localeCompare(b.status)),
};

function isAskedFor(installation: Installation, invoice: LiveInvoice, form: URLSearchParams): boolean {
  const [client, status] = [form.get('userid'), form.get('status')];
  if (client && invoice.userid !== client) return false;
  return !status || (status === 'Overdue' ? installation.isOverdue(invoice) : invoice.status === status);
}

/** An entry of GetInvoices: the client and the currency, but no balance. */
function inList(installation: Installation, invoice: LiveInvoice): Record<string, unknown> {
  const { gateway, currency } = installation.business.whmcs;
  const { firstname = '', lastname = '', companyname = '' } = installation.client(invoice.userid) ?? {};
  return {
    id: Number(invoice.id),
    firstname,
    lastname,
    companyname,
    ...common(invoice),
    paymentmethod: gateway,
    currencycode: currency.code,
    currencyprefix: currency.prefix,
    currencysuffix: currency.suffix,
  };
}

/** What GetInvoices and GetInvoice both tell. */
const common = ({ invoicenum, userid, date, duedate, datepaid, total, status }: LiveInvoice): Record<string, unknown> => ({
  userid: Number(userid),
  invoicenum,
  date,
  duedate,
  datepaid,
  subtotal: total,
  credit: '0.00',
  tax: '0.00',
  tax2: '0.00',
  total,
  taxrate: '0.000',
  taxrate2: '0.000',
  status,
  notes: '',
});

/** PHP reads an id from the left: "12abc" is 12. */
const id = (form: URLSearchParams, name: string): string => String(Number.parseInt(form.get(name) ?? '', 10));

const count = (form: URLSearchParams, name: string, otherwise: number): number => {
  const value = Number.parseInt(form.get(name) ?? '', 10);
  return Number.isNaN(value) || value < 0 ? otherwise : value;
};
