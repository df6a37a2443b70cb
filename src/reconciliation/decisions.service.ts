import type { Transaction } from 'sequelize';

import type { Payments } from '../banking/payments.service';
import type { Receivables } from '../billing/receivables.service';
import type { Clock } from '../platform/clock';
import type { Scope } from '../platform/database/scope';
import { sql, tenant } from '../platform/database/sql';
import { conflict, notFound, PayymoError } from '../platform/errors';
import { enqueue } from '../platform/jobs/enqueue';
import { applyMatch, transactionIdOf } from './apply-match';
import { claimsOn } from './claims';
import { matchIds } from './ids';
import { matchEntry } from './match-audit';
import { CLAIMING, Match, type MatchState } from './match.model';

/**
 * People's and rules' decisions on proposed matches.
 * @requirement REC-006
 */
export class Decisions {
  constructor(
    private readonly payments: Payments,
    private readonly receivables: Receivables,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a proposed match and asks for its booking, in one transaction. Of several approvals that want the same money, one wins.
   * @throws NOT_FOUND; CONFLICT when it is decided already, or payment or invoice were used up meanwhile.
   */
  approve(scope: Scope, id: string): Promise<Match> {
    scope.require('matches:approve');
    return scope.change(transaction => this.#approveIn(scope, transaction, id));
  }

  /** Approves what a rule is sure of. False when it is decided already or the money is gone: then it is left to people. */
  async approveProposal(scope: Scope, { transactionId, invoiceId }: { transactionId: string; invoiceId: string }): Promise<boolean> {
    try {
      return await scope.change(async transaction => {
        const match = await Match.findOne({ where: { transactionId, invoiceId, state: 'PROPOSED', tied: false }, transaction });
        if (match) await this.#approveIn(scope, transaction, match.id);
        return match !== null;
      });
    } catch (error) {
      if (error instanceof PayymoError && error.code === 'CONFLICT') return false;
      throw error;
    }
  }

  async #approveIn(scope: Scope, transaction: Transaction, id: string): Promise<Match> {
    const match = await this.#locked(scope, transaction, id, await rivalsOf(transaction, id));
    if (match.state !== 'PROPOSED') throw conflict(`The match is already ${match.state}`);
    const left = await this.#left(scope, transaction, match);
    const amount = BigInt(match.amountMinor);
    if (amount > left.payment) throw conflict('The payment was used for another invoice meanwhile');
    if (amount > left.invoice) throw conflict('The invoice was paid meanwhile');
    await match.update({ state: 'APPROVED', decidedBy: scope.actor.userId, decidedAt: this.clock.now() }, { transaction });
    const losers = await withdraw(scope, transaction, match, { payment: left.payment - amount, invoice: left.invoice - amount });
    for (const loser of losers) if (loser.transactionId !== match.transactionId) await this.#release(scope, transaction, loser);
    await this.payments.markMatchState(scope, transaction, [match.transactionId], 'MATCHED');
    await this.#askForBooking(match, transaction);
    const withdrawn = losers.map(loser => matchIds.encode(loser.id));
    scope.record(transaction, matchEntry(match, 'approved', ['PROPOSED', 'APPROVED'], { withdrawn }));
    return match;
  }

  /**
   * Rejects a proposed match: it is never proposed again. A failed one can be rejected too, once the billing system confirms that
   * it holds no such payment; the payment is free again then.
   * @throws NOT_FOUND, CONFLICT, ProviderError
   */
  async reject(scope: Scope, id: string, reason: string | null): Promise<Match> {
    scope.require('matches:reject');
    const { state } = await scope.change(transaction => find(transaction, id));
    if (state === 'FAILED') await this.#confirmNotBooked(scope, id);
    return scope.change(async transaction => {
      const match = await this.#locked(scope, transaction, id);
      // One that failed only now was not confirmed: its payment may be in the books.
      if (match.state !== state || !REJECTABLE.has(state)) throw conflict(`The match is already ${match.state}`);
      await match.update({ state: 'REJECTED', decidedBy: scope.actor.userId, decidedAt: this.clock.now(), reason }, { transaction });
      await this.#release(scope, transaction, match);
      scope.record(transaction, matchEntry(match, 'rejected', [state, 'REJECTED']));
      return match;
    });
  }

  /** Asks once more for the booking of a match that failed. @throws NOT_FOUND, CONFLICT unless it failed. */
  retry(scope: Scope, id: string): Promise<Match> {
    scope.require('matches:approve');
    return scope.change(async transaction => {
      const match = await this.#locked(scope, transaction, id);
      if (match.state !== 'FAILED') throw conflict(`The match is ${match.state}: only a failed one can be tried again`);
      await match.update({ state: 'APPROVED', applicationAttempts: 0, errorCode: null, errorMessage: null }, { transaction });
      await this.#askForBooking(match, transaction);
      scope.record(transaction, matchEntry(match, 'retried', ['FAILED', 'APPROVED']));
      return match;
    });
  }

  /** Locks payments by id, then the invoice, then the match: always in this order, so that two decisions never wait for each other. */
  async #locked(scope: Scope, transaction: Transaction, id: string, rivals: readonly string[] = []): Promise<Match> {
    const { transactionId, invoiceId } = await find(transaction, id);
    const paymentIds = [...new Set([transactionId, ...rivals])].sort();
    for (const paymentId of paymentIds) await this.payments.lock(scope, transaction, paymentId);
    await this.receivables.lock(scope, transaction, invoiceId);
    return Match.findOne({ where: { id }, transaction, lock: true, rejectOnEmpty: true });
  }

  /** What is left of the payment and of the invoice's balance, in minor units. */
  async #left(scope: Scope, transaction: Transaction, match: Match): Promise<{ payment: bigint; invoice: bigint }> {
    const payment = await this.payments.lock(scope, transaction, match.transactionId);
    const invoice = await this.receivables.lock(scope, transaction, match.invoiceId);
    if (!payment || !invoice) throw new Error('A match without its payment or invoice');
    const claims = await claimsOn(scope, transaction, match);
    return {
      payment: BigInt(payment.amountMinor) - claims.ofPayment(payment.id),
      invoice: this.receivables.owed(invoice) - claims.ofInvoice(invoice.id),
    };
  }

  #askForBooking({ tenantId, id: matchId }: Match, transaction: Transaction): Promise<void> {
    return enqueue(transaction, applyMatch, { tenantId, matchId }, { key: matchId, queue: `billing:${tenantId}` });
  }

  async #release(scope: Scope, transaction: Transaction, { transactionId }: Pick<Match, 'transactionId'>): Promise<void> {
    const others = await Match.findAll({ where: { transactionId }, transaction });
    if (others.some(({ state }) => CLAIMING.includes(state))) return;
    const state = others.some(other => other.state === 'PROPOSED') ? 'PROPOSED' : 'UNMATCHED';
    await this.payments.markMatchState(scope, transaction, [transactionId], state);
  }

  async #confirmNotBooked(scope: Scope, id: string): Promise<void> {
    const billing = await this.receivables.billing(scope);
    const booked = await billing.payments(transactionIdOf(id));
    if (booked.length > 0) throw conflict('The billing system holds this payment: try the match again instead');
  }
}

const REJECTABLE: ReadonlySet<MatchState> = new Set(['PROPOSED', 'FAILED']);

async function find(transaction: Transaction, id: string): Promise<Match> {
  const match = await Match.findOne({ where: { id }, transaction });
  if (!match) throw notFound('Match', matchIds.encode(id));
  return match;
}

/** The payments that are proposed for the same invoice: an approval may take it from them. */
async function rivalsOf(transaction: Transaction, id: string): Promise<string[]> {
  const { invoiceId } = await find(transaction, id);
  const rivals = await Match.findAll({ where: { invoiceId, state: 'PROPOSED' }, transaction });
  return rivals.map(({ transactionId }) => transactionId);
}

interface Withdrawn {
  readonly id: string;
  readonly transactionId: string;
}

/** Withdraws proposals that no longer fit into what is left of the payment or the invoice, and returns them. */
async function withdraw(
  scope: Scope,
  transaction: Transaction,
  match: Match,
  left: { payment: bigint; invoice: bigint },
): Promise<readonly Withdrawn[]> {
  const withdrawn: MatchState = 'WITHDRAWN';
  return scope.rowsIn<Withdrawn>(
    transaction,
    sql`update matches set state = ${withdrawn}, reason = 'Another match took the money', updated_at = now()
      where tenant_id = ${tenant} and state = 'PROPOSED' and id <> ${match.id}
        and ((transaction_id = ${match.transactionId} and amount_minor > ${left.payment.toString()})
          or (invoice_id = ${match.invoiceId} and amount_minor > ${left.invoice.toString()}))
      returning id, transaction_id as "transactionId"`,
  );
}
