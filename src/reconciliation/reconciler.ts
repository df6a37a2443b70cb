import type { Transaction } from 'sequelize';

import type { TransactionRecord } from '../banking/banking.loader';
import type { Payments } from '../banking/payments.service';
import type { Receivable, Receivables } from '../billing/receivables.service';
import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { sql, tenant } from '../platform/database/sql';
import { allClaims, type Claims } from './claims';
import type { Decisions } from './decisions.service';
import { ENGINE_VERSION, indexInvoices, type InvoiceIndex, markTies, propose } from './engine/engine';
import type { OpenInvoice, Payment, Proposal } from './engine/types';
import type { ReconciliationRun } from './reconciliation-run.model';

/** How many payments are read, and whose proposals are written, in one transaction. */
const PAGE = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Proposes matches for every payment that has none yet. All proposals are made before any is written, so that ties between payments
 * are seen; then they are written page by page. A repeated run writes the same rows.
 */
export class Reconciler {
  constructor(
    private readonly payments: Payments,
    private readonly receivables: Receivables,
    private readonly decisions: Decisions,
  ) {}

  async perform(scope: Scope, run: ReconciliationRun): Promise<void> {
    const [index, claims] = await this.#begin(scope, run);
    const proposals = await this.#propose(scope, index, claims);
    const byPayment = groupByPayment(proposals);
    for (let after: string | null = BEFORE_ALL; after !== null;) after = await this.#writePage(scope, run, after, byPayment);
    if (run.autoApproveFrom !== null) await this.#approveAutomatically(scope, run, proposals, run.autoApproveFrom);
  }

  #begin(scope: Scope, run: ReconciliationRun): Promise<[InvoiceIndex, Claims]> {
    return scope.change(async transaction => {
      const claims = await allClaims(scope, transaction);
      const open = await this.receivables.open(scope, transaction);
      const paymentsTotal = await this.payments.countUnmatched(scope, transaction);
      await run.update({ paymentsTotal, paymentsDone: 0, proposals: 0, autoApproved: 0 }, { transaction });
      return [indexInvoices(open.map(invoice => openInvoiceOf(invoice, claims))), claims];
    });
  }

  async #propose(scope: Scope, index: InvoiceIndex, claims: Claims): Promise<readonly Proposal[]> {
    const proposals: Proposal[] = [];
    for (let after: string | null = BEFORE_ALL; after !== null;) {
      const page = await this.#page(scope, after);
      proposals.push(...page.flatMap(payment => propose(paymentOf(payment, claims), index)));
      after = nextOf(page);
    }
    return markTies(proposals);
  }

  #page(scope: Scope, after: string): Promise<TransactionRecord[]> {
    return scope.change(transaction => this.payments.lockUnmatched(scope, transaction, after, PAGE));
  }

  async #writePage(
    scope: Scope,
    run: ReconciliationRun,
    after: string,
    byPayment: ReadonlyMap<string, readonly Proposal[]>,
  ): Promise<string | null> {
    return scope.change(async transaction => {
      const page = await this.payments.lockUnmatched(scope, transaction, after, PAGE);
      const ids = page.map(({ id }) => id);
      const proposals = ids.flatMap(id => byPayment.get(id) ?? []);
      await withdrawStale(scope, transaction, ids, proposals);
      const written = await writeProposals(scope, transaction, run, proposals);
      const proposed = new Set(written);
      await this.payments.markMatchState(scope, transaction, ids.filter(id => !proposed.has(id)), 'UNMATCHED'); // prettier-ignore
      await this.payments.markMatchState(scope, transaction, [...proposed], 'PROPOSED');
      await run.increment({ paymentsDone: page.length, proposals: written.length }, { transaction });
      return nextOf(page);
    });
  }

  /** Only what is sure enough and has no rival; one that meanwhile lost its money is left to people. */
  async #approveAutomatically(scope: Scope, run: ReconciliationRun, proposals: readonly Proposal[], from: number): Promise<void> {
    for (const { paymentId, invoiceId, confidence, tied } of proposals) {
      if (tied || confidence < from) continue;
      const approved = await this.decisions.approveProposal(scope, { transactionId: paymentId, invoiceId });
      if (approved) await scope.change(transaction => run.increment({ autoApproved: 1 }, { transaction }));
    }
  }
}

const nextOf = (page: readonly TransactionRecord[]): string | null => (page.length < PAGE ? null : (page.at(-1)?.id ?? null));

function groupByPayment(proposals: readonly Proposal[]): Map<string, Proposal[]> {
  const groups = new Map<string, Proposal[]>();
  for (const proposal of proposals) groups.set(proposal.paymentId, [...(groups.get(proposal.paymentId) ?? []), proposal]);
  return groups;
}

const paymentOf = (row: TransactionRecord, claims: Claims): Payment => ({
  id: row.id,
  amount: { amountMinor: BigInt(row.amountMinor) - claims.ofPayment(row.id), currency: row.currency },
  bookedOn: row.bookedOn,
  payerName: row.counterpartyName,
  payerIban: row.counterpartyIban,
  remittance: row.remittance,
  structuredReference: row.structuredReference,
  endToEndId: row.endToEndId,
});

const openInvoiceOf = (row: Receivable, claims: Claims): OpenInvoice => ({
  id: row.id,
  number: row.number,
  externalId: row.externalId,
  balance: { amountMinor: BigInt(row.balanceMinor) - claims.ofInvoice(row.id), currency: row.currency },
  issuedOn: row.issuedOn,
  dueOn: row.dueOn,
  customer: { id: row.customerId, name: row.customerName, companyName: row.customerCompanyName },
});

/** Proposals of these payments that the engine no longer makes. */
async function withdrawStale(
  scope: Scope,
  transaction: Transaction,
  paymentIds: readonly string[],
  kept: readonly Proposal[],
): Promise<void> {
  const pairs = kept.map(({ paymentId, invoiceId }) => `${paymentId} ${invoiceId}`);
  await scope.rowsIn(
    transaction,
    sql`update matches set state = 'WITHDRAWN', reason = 'No longer proposed', updated_at = now()
      where tenant_id = ${tenant} and state = 'PROPOSED' and transaction_id = any(${paymentIds})
        and transaction_id || ' ' || invoice_id <> all(${pairs})`,
  );
}

/** Writes proposals, new or again; a decided match is never touched. Returns the payment of each that was written. */
async function writeProposals(
  scope: Scope,
  transaction: Transaction,
  run: ReconciliationRun,
  proposals: readonly Proposal[],
): Promise<readonly string[]> {
  const rows = proposals.map(({ amount, ...proposal }) => ({
    ...proposal,
    id: newId(),
    amountMinor: amount.amountMinor.toString(),
    currency: amount.currency,
  }));
  const written = await scope.rowsIn<{ paymentId: string }>(
    transaction,
    sql`insert into matches (tenant_id, id, transaction_id, invoice_id, run_id, amount_minor, currency, state, confidence, tied, evidence, engine_version)
      select ${tenant}::uuid, p.id, p."paymentId", p."invoiceId", ${run.id}::uuid, p."amountMinor", p.currency, 'PROPOSED', p.confidence, p.tied,
        p.evidence, ${ENGINE_VERSION}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p(id uuid, "paymentId" uuid, "invoiceId" uuid, "amountMinor" bigint,
        currency text, confidence int, tied boolean, evidence jsonb)
      on conflict (tenant_id, transaction_id, invoice_id) do update
        set run_id = excluded.run_id, amount_minor = excluded.amount_minor, state = 'PROPOSED', confidence = excluded.confidence, tied = excluded.tied,
          evidence = excluded.evidence, engine_version = excluded.engine_version, reason = null, updated_at = now()
        where matches.state in ('PROPOSED', 'WITHDRAWN')
      returning transaction_id as "paymentId"`,
  );
  return written.map(({ paymentId }) => paymentId);
}
