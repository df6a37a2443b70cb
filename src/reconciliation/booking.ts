import type { Transaction } from 'sequelize';

import { transactionById } from '../banking/banking.loader';
import { invoiceById, type InvoiceRecord } from '../billing/billing.loader';
import type { Receivables } from '../billing/receivables.service';
import type { Scope } from '../platform/database/scope';
import { conflict } from '../platform/errors';
import { ProviderError } from '../platform/http/provider-error';
import { enqueue } from '../platform/jobs/enqueue';
import { delayMs, mayPass, NO_FAILURE, recordFailure } from '../platform/jobs/failure';
import type { Logger } from '../platform/logging/logger';
import { formatMoney, type Money, parseMoney } from '../platform/money';
import type { BillingInvoiceStatus, BillingSystem } from '../providers/billing-system';
import { applyMatch, transactionIdOf } from './apply-match';
import { matchEntry } from './match-audit';
import { Match } from './match.model';

/**
 * After a payment whose answer never came: the billing system may still be at work on it, and does not refuse a second one. So we
 * look again only when any such work has ended (PHP ends a request long before).
 */
export const AMBIGUOUS_DELAY_MS = 120_000;

interface Application {
  readonly tenantId: string;
  readonly matchId: string;
}

/**
 * Books approved matches in the billing system, each exactly once.
 * @requirement REC-007
 */
export class Booking {
  constructor(
    private readonly receivables: Receivables,
    private readonly log: Logger,
    private readonly ambiguousDelayMs: number = AMBIGUOUS_DELAY_MS,
  ) {}

  /**
   * Safe to repeat from any point, and to run twice at once: an attempt holds the match until its time is up, it reads whether the
   * payment is there before it adds it, and reads it back after. What fails is kept on the match, and tried again when that may help.
   */
  async apply(scope: Scope, application: Application): Promise<void> {
    const match = await this.#begin(scope, application);
    if (!match) return;
    try {
      const store = await this.#book(scope, match);
      await scope.change(async transaction => {
        // The invoice before the match, as in every decision: two that wait for each other would both wait in vain.
        await store(transaction);
        const mine = await held(transaction, match);
        if (!mine) return;
        await mine.update({ state: 'APPLIED', appliedAt: new Date(), ...NO_FAILURE }, { transaction });
        scope.record(transaction, matchEntry(mine, 'applied', ['APPROVED', 'APPLIED'], { billingTransactionId: transactionIdOf(mine.id) }));
      });
    } catch (error) {
      await this.#fail(scope, match, error);
    } finally {
      await scope.end();
    }
  }

  /** Null when there is nothing to do, or when another attempt may still be under way: then we look again once its time is up. */
  #begin(scope: Scope, { matchId }: Application): Promise<Match | null> {
    return scope.change(async transaction => {
      const match = await Match.findOne({ where: { id: matchId }, transaction, lock: true });
      if (match?.state !== 'APPROVED') return null;
      if (isUnderWay(match)) {
        await askAgain(transaction, match, match.nextAttemptAt);
        return null;
      }
      const applicationAttempts = match.applicationAttempts + 1;
      return match.update({ applicationAttempts, ...NO_FAILURE, nextAttemptAt: this.#timeUp() }, { transaction });
    });
  }

  /** Right before the payment is sent: should we die now, nobody sends it again while the billing system may be at work on it. */
  async #prolong(scope: Scope, match: Match): Promise<void> {
    const nextAttemptAt = this.#timeUp();
    await scope.change(async transaction => {
      const mine = await held(transaction, match);
      if (!mine) throw conflict('Another attempt took over');
      await mine.update({ nextAttemptAt }, { transaction });
    });
    match.nextAttemptAt = nextAttemptAt;
  }

  #timeUp(): Date {
    return new Date(Date.now() + this.ambiguousDelayMs);
  }

  async #book(scope: Scope, match: Match) {
    const invoice = await invoiceById(scope).load(match.invoiceId);
    const payment = await transactionById(scope).load(match.transactionId);
    if (!invoice || !payment) throw new Error('A match without its payment or invoice');
    await scope.end();
    const billing = await this.receivables.billing(scope);
    const amount: Money = { amountMinor: BigInt(match.amountMinor), currency: match.currency };
    const transactionId = transactionIdOf(match.id);
    if (!(await isBooked(billing, transactionId, invoice, amount))) {
      if (match.applicationAttempts > applyMatch.attempts) throw givenUp(billing);
      await checkOpen(billing, invoice, amount);
      await this.#prolong(scope, match);
      await billing.addPayment({ invoiceId: invoice.externalId, transactionId, amount, paidAt: new Date(`${payment.bookedOn}T00:00:00Z`) });
      await readBack(billing, transactionId, invoice, amount);
    }
    return this.receivables.reread(scope, invoice);
  }

  async #fail(scope: Scope, match: Match, error: unknown): Promise<void> {
    const failure = recordFailure(this.log, error, 'a booking failed', { matchId: match.id, attempts: match.applicationAttempts });
    await scope.change(async transaction => {
      const mine = await held(transaction, match);
      if (!mine) return;
      if (isFinal(error, match)) {
        await mine.update({ ...failure, state: 'FAILED', nextAttemptAt: null }, { transaction });
        scope.record(transaction, matchEntry(mine, 'failed', ['APPROVED', 'FAILED'], { errorCode: failure.errorCode }));
        return;
      }
      const nextAttemptAt = new Date(Date.now() + this.#delay(error, match.applicationAttempts));
      await mine.update({ ...failure, nextAttemptAt }, { transaction });
      await askAgain(transaction, match, nextAttemptAt);
    });
  }

  #delay(error: unknown, attempts: number): number {
    const usual = delayMs(error, attempts);
    return isAmbiguous(error) ? Math.max(usual, this.ambiguousDelayMs) : usual;
  }
}

/** An attempt that began and has no outcome yet has a time but no error. */
const isUnderWay = (match: Match): match is Match & { nextAttemptAt: Date } =>
  match.nextAttemptAt !== null && match.errorCode === null && match.nextAttemptAt.getTime() > Date.now();

/** The match as it stands, locked; null once somebody else has it. The time until which an attempt holds it tells attempts apart. */
async function held(transaction: Transaction, { id, nextAttemptAt }: Match): Promise<Match | null> {
  const match = await Match.findOne({ where: { id }, transaction, lock: true });
  return match?.state === 'APPROVED' && match.nextAttemptAt?.getTime() === nextAttemptAt?.getTime() ? match : null;
}

const askAgain = (transaction: Transaction, { tenantId, id: matchId }: Match, runAt: Date): Promise<void> =>
  enqueue(transaction, applyMatch, { tenantId, matchId }, { key: matchId, queue: `billing:${tenantId}`, runAt });

/** Never after a payment whose answer was lost: one more look tells whether it is there. */
const isFinal = (error: unknown, { applicationAttempts }: Match): boolean =>
  !mayPass(error) || (applicationAttempts >= applyMatch.attempts && !isAmbiguous(error));

const isAmbiguous = (error: unknown): boolean => error instanceof ProviderError && error.ambiguous;

const givenUp = ({ name }: BillingSystem) =>
  new ProviderError(name, 'unavailable', `${name} did not take the payment in ${applyMatch.attempts} attempts`);

/** @throws CONFLICT when what stands under our transaction id is not this very payment. */
async function isBooked(billing: BillingSystem, transactionId: string, invoice: InvoiceRecord, amount: Money): Promise<boolean> {
  const [booked, another] = await billing.payments(transactionId);
  if (!booked) return false;
  if (another) throw conflict(`${billing.name} holds the payment ${transactionId} more than once: remove one there`);
  const same = booked.invoiceId === invoice.externalId && parseMoney(booked.amount, amount.currency).amountMinor === amount.amountMinor;
  if (!same) throw conflict(`${billing.name} holds another payment under ${transactionId}`);
  return true;
}

/** Statuses of an invoice that WHMCS still takes money for. */
const PAYABLE: ReadonlySet<BillingInvoiceStatus> = new Set(['UNPAID', 'COLLECTIONS', 'PAYMENT_PENDING']);

/** The balance that we know may be old. @throws CONFLICT when the invoice can no longer take the amount. */
async function checkOpen(billing: BillingSystem, { externalId, number }: InvoiceRecord, amount: Money): Promise<void> {
  const { status, balance } = await billing.invoice(externalId);
  if (PAYABLE.has(status) && balance.currency === amount.currency && balance.amountMinor >= amount.amountMinor) return;
  throw conflict(
    `Invoice ${number} is ${status} in ${billing.name} with ${formatMoney(balance)} left: it cannot take ${formatMoney(amount)}`,
  );
}

async function readBack(billing: BillingSystem, transactionId: string, invoice: InvoiceRecord, amount: Money): Promise<void> {
  if (await isBooked(billing, transactionId, invoice, amount)) return;
  throw new ProviderError(billing.name, 'unavailable', `${billing.name} accepted the payment but does not show it`, { ambiguous: true });
}
