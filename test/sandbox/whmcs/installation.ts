import type { Clock } from '../../../src/platform/clock';
import type { Business, SandboxClient, SandboxInvoice } from '../world/world';
import { decimal, hundredths } from './amount';
import type { InstallationState, SandboxPayment } from './state';

/** An invoice as it stands now. */
export interface LiveInvoice extends SandboxInvoice {
  /** What is left to pay; negative when more was paid than owed. */
  readonly balance: string;
  /** YYYY-MM-DD HH:mm:ss, zeros where it was not paid. */
  readonly datepaid: string;
}

/** The fields of AddInvoicePayment. */
export interface PaymentOrder {
  readonly invoiceid: string;
  readonly transid: string;
  readonly gateway: string;
  readonly date: string;
  /** Nothing, or an amount of nothing, means the whole balance. */
  readonly amount: string;
  readonly fees: string;
}

export const NOT_PAID = '0000-00-00 00:00:00';
/** transid is VARCHAR(64), and WHMCS runs MySQL in the mode that cuts off silently. */
const MAX_TRANSID = 64;

/** The WHMCS of one business: what is in its database, and the rules that change it. */
export class Installation {
  private readonly invoicesById: Map<string, SandboxInvoice>;
  private readonly paidByInvoice = new Map<string, bigint>();

  constructor(
    readonly business: Business,
    private readonly state: InstallationState,
    private readonly clock: Clock,
    private readonly save: () => void,
  ) {
    this.invoicesById = new Map([...business.whmcs.invoices, ...state.added].map(invoice => [invoice.id, invoice]));
    for (const { id, status, total } of this.invoicesById.values()) if (status === 'Paid') this.count(id, hundredths(total));
    for (const { invoiceid, amountin } of state.payments) this.count(invoiceid, hundredths(amountin));
  }

  get payments(): readonly SandboxPayment[] {
    return this.state.payments;
  }

  invoices(): LiveInvoice[] {
    return [...this.invoicesById.values()].map(invoice => this.live(invoice));
  }

  invoice(id: string): LiveInvoice | undefined {
    const invoice = this.invoicesById.get(id);
    return invoice && this.live(invoice);
  }

  client(id: string): SandboxClient | undefined {
    return this.business.whmcs.clients.find(client => client.id === id);
  }

  /** What the client has paid too much over all invoices: WHMCS keeps it as credit. */
  creditOf(clientId: string): string {
    const surplus = this.invoices()
      .filter(({ userid }) => userid === clientId)
      .map(({ balance }) => hundredths(balance))
      .filter(balance => balance < 0n);
    return decimal(surplus.reduce((sum, balance) => sum - balance, 0n));
  }

  isOverdue = ({ status, duedate }: SandboxInvoice): boolean => status === 'Unpaid' && duedate < this.timestamp().slice(0, 10);

  addInvoice(invoice: SandboxInvoice): void {
    if (this.invoicesById.has(invoice.id)) throw new Error(`Invoice ${invoice.id} exists already`);
    this.state.added.push(invoice);
    this.invoicesById.set(invoice.id, invoice);
    if (invoice.status === 'Paid') this.count(invoice.id, hundredths(invoice.total));
    this.save();
  }

  cancelInvoice(id: string): void {
    this.state.statuses[id] = { status: 'Cancelled', datepaid: NOT_PAID };
    this.save();
  }

  /** Books whatever it is told, however often it is told: like WHMCS, it does not mind a transid that it knows. */
  addPayment(invoice: LiveInvoice, order: PaymentOrder): void {
    const amount = hundredths(order.amount) || hundredths(invoice.balance);
    this.state.payments.push(this.paymentOf(invoice, order, amount));
    this.count(invoice.id, amount);
    if (invoice.status === 'Unpaid' && hundredths(invoice.balance) <= amount) {
      this.state.statuses[invoice.id] = { status: 'Paid', datepaid: this.timestamp() };
    }
    this.save();
  }

  private paymentOf({ id, userid }: LiveInvoice, { gateway, date, fees, transid }: PaymentOrder, amount: bigint): SandboxPayment {
    return {
      id: String(this.state.payments.length + 1),
      userid,
      currency: '0',
      gateway,
      date,
      description: 'Invoice Payment',
      amountin: decimal(amount),
      fees: decimal(hundredths(fees)),
      amountout: '0.00',
      rate: '1.00000',
      transid: transid.slice(0, MAX_TRANSID),
      invoiceid: id,
      refundid: '0',
    };
  }

  private live(invoice: SandboxInvoice): LiveInvoice {
    const seeded = { status: invoice.status, datepaid: invoice.status === 'Paid' ? `${invoice.date} 00:00:00` : NOT_PAID };
    const balance = decimal(hundredths(invoice.total) - (this.paidByInvoice.get(invoice.id) ?? 0n));
    return { ...invoice, ...seeded, ...this.state.statuses[invoice.id], balance };
  }

  private count(invoiceId: string, amount: bigint): void {
    this.paidByInvoice.set(invoiceId, (this.paidByInvoice.get(invoiceId) ?? 0n) + amount);
  }

  private timestamp(): string {
    return this.clock.now().toISOString().slice(0, 19).replace('T', ' ');
  }
}
