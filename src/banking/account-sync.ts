import { createHash } from 'node:crypto';

import { Op, type Transaction as DatabaseTransaction } from 'sequelize';

import { limitReached, type Plans } from '../identity/plans/plans.service';
import { addDays, type Clock, isoDate } from '../platform/clock';
import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { sql, tenant } from '../platform/database/sql';
import type { PayymoError } from '../platform/errors';
import { ProviderError } from '../platform/http/provider-error';
import type { BankLine, BankLines, BankProvider } from '../providers/bank-provider';
import { Account } from './account.model';
import { Connection } from './connection.model';
import { type IdentifiedLine, type LinePlan, planLines, type StoredLine } from './line-identity';
import type { SyncRun } from './sync-run.model';
import { Transaction } from './transaction.model';

/** Banks book late and mend texts: the days before the last synchronisation are read again. */
const OVERLAP_DAYS = 10;

/**
 * Fetches what is new, account by account: each is committed whole, so that a run that dies goes on with the next one.
 * @requirement BNK-003
 */
export class AccountSync {
  constructor(
    private readonly provider: BankProvider,
    private readonly plans: Plans,
    private readonly clock: Clock,
  ) {}

  /**
   * An account that the bank refuses does not keep the others from being fetched; its refusal is thrown at the end.
   * @throws ProviderError as the provider does; an ended consent also ends the connection. PLAN_LIMIT_REACHED when there are more lines
   *         than the plan allows: the oldest are kept, and a later run goes on with the rest.
   */
  async perform(scope: Scope, run: SyncRun): Promise<void> {
    const [connection, accounts] = await this.#open(scope, run);
    const refusals: ProviderError[] = [];
    for (const account of accounts.filter(({ syncedInRun }) => syncedInRun !== run.id)) {
      try {
        await this.#syncAccount(scope, run, connection, account);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (error.failure === 'consent_ended') await this.#expire(scope, connection, error);
        if (!isOfOneAccount(error)) throw error;
        refusals.push(error);
      }
    }
    if (refusals[0]) throw refusals[0];
  }

  #open(scope: Scope, run: SyncRun): Promise<[Connection, Account[]]> {
    return scope.change(async transaction => {
      const connection = await Connection.findOne({ where: { id: run.connectionId }, transaction, rejectOnEmpty: true });
      const accounts = await Account.findAll({ where: { connectionId: run.connectionId }, order: [['id', 'ASC']], transaction });
      await run.update({ accountsTotal: accounts.length }, { transaction });
      return [connection, accounts];
    });
  }

  async #syncAccount(scope: Scope, run: SyncRun, connection: Connection, account: Account): Promise<void> {
    const today = isoDate(this.clock.now());
    const from = account.syncedThrough ? addDays(account.syncedThrough, -OVERLAP_DAYS) : addDays(today, -connection.historyDays);
    const details = await this.#detailsOnce(account);
    const balance = await this.#balance(account);
    const lines = await this.provider.lines(account.providerAccountId, from, today);
    const refusal = await scope.change(async transaction => {
      const locked = await Account.findOne({ where: { id: account.id }, lock: true, transaction, rejectOnEmpty: true });
      // Another worker took us for dead and was faster.
      if (locked.syncedInRun === run.id) return undefined;
      const whole = planLines(await storedLines(account, oldestDay(from, lines), transaction), { ...lines, from });
      const { plan, held } = await this.#allowed(whole, transaction);
      await applyPlan(scope, account, plan, transaction);
      const rejected = await keepRejected(scope, run, account, lines, transaction);
      const reached = held ? {} : { syncedThrough: today, syncedInRun: run.id };
      await locked.update({ ...details, ...balance, ...reached }, { transaction });
      await run.increment(
        {
          accountsDone: held ? 0 : 1,
          linesSeen: lines.booked.length + lines.pending.length + lines.rejected.length,
          linesNew: plan.insert.length,
          linesUpdated: plan.update.length,
          linesRejected: rejected,
        },
        { transaction },
      );
      return held;
    });
    if (refusal) throw refusal;
  }

  /** Of new lines the oldest for which the tenant's plan has room; with the refusal of the rest, if any is held back. */
  async #allowed(plan: LinePlan, transaction: DatabaseTransaction): Promise<{ plan: LinePlan; held?: PayymoError }> {
    if (plan.insert.length === 0) return { plan };
    const { left, used, allowed } = await this.plans.room(transaction, 'transactionsPerMonth');
    if (plan.insert.length <= left) return { plan };
    const insert = [...plan.insert].sort((a, b) => a.line.bookedOn.localeCompare(b.line.bookedOn)).slice(0, left);
    return { plan: { ...plan, insert }, held: limitReached('transactionsPerMonth', { left: 0, used: used + insert.length, allowed }) };
  }

  /** Details hardly change, and banks allow few calls a day. */
  async #detailsOnce(account: Account) {
    if (account.syncedThrough !== null) return {};
    const { iban, currency, name, ownerName } = await this.provider.account(account.providerAccountId);
    return { iban, currency, name, ownerName };
  }

  async #balance(account: Account) {
    const [balance] = await this.provider.balances(account.providerAccountId);
    if (!balance) return {};
    return { balanceMinor: balance.amount.amountMinor.toString(), balanceCurrency: balance.amount.currency, balanceOn: balance.on };
  }

  async #expire(scope: Scope, connection: Connection, error: ProviderError): Promise<void> {
    const values = { status: 'EXPIRED', statusReason: error.message } as const;
    await scope.change(async transaction => {
      const [expired] = await Connection.update(values, { where: { id: connection.id, status: { [Op.ne]: 'EXPIRED' } }, transaction });
      if (expired === 0) return;
      const [before, after] = [{ status: connection.status }, { status: 'EXPIRED' }];
      scope.record(transaction, { action: 'connection.expired', object: { type: 'Connection', id: connection.id }, before, after });
    });
  }
}

const isOfOneAccount = ({ failure }: ProviderError): boolean => failure === 'rejected' || failure === 'not_found';

/** Some banks show lines of days before the one that was asked for. */
const oldestDay = (from: string, { booked }: BankLines): string =>
  booked.reduce((oldest, { bookedOn }) => (bookedOn < oldest ? bookedOn : oldest), from);

/** Pending lines of any day, and booked ones of the days in question. */
const storedLines = ({ id: accountId }: Account, from: string, transaction: DatabaseTransaction): Promise<StoredLine[]> =>
  Transaction.findAll({
    where: { accountId, [Op.or]: [{ status: 'PENDING' }, { bookedOn: { [Op.gte]: from } }] },
    order: [['id', 'ASC']],
    transaction,
  });

async function applyPlan(scope: Scope, account: Account, plan: LinePlan, transaction: DatabaseTransaction): Promise<void> {
  for (const { id, to } of plan.update) await Transaction.update(valuesOf(to), { where: { id }, transaction });
  if (plan.remove.length > 0) await Transaction.destroy({ where: { id: [...plan.remove] }, transaction });
  if (plan.insert.length > 0) await insertLines(scope, account, plan.insert, transaction);
}

/** One statement for all lines. A line that another worker wrote meanwhile is the same line. */
async function insertLines(
  scope: Scope,
  account: Account,
  lines: readonly IdentifiedLine[],
  transaction: DatabaseTransaction,
): Promise<void> {
  const rows = lines.map(line => ({ ...valuesOf(line), ...amountOf(line.line), id: newId() }));
  await scope.rowsIn(
    transaction,
    sql`insert into transactions (tenant_id, id, account_id, connection_id, status, booked_on, value_on, amount_minor, currency, counterparty_name,
        counterparty_iban, remittance, structured_reference, end_to_end_id, bank_transaction_code, provider_id, internal_id, fingerprint, ordinal)
      select ${tenant}::uuid, r.id, ${account.id}::uuid, ${account.connectionId}::uuid, r.status, r."bookedOn", r."valueOn", r."amountMinor", r.currency,
        r."counterpartyName", r."counterpartyIban", r.remittance, r."structuredReference", r."endToEndId", r."bankTransactionCode",
        r."providerId", r."internalId", r.fingerprint, r.ordinal
      from jsonb_to_recordset(${jsonb(rows)}::jsonb) as r(id uuid, status text, "bookedOn" date, "valueOn" date, "amountMinor" bigint,
        currency text, "counterpartyName" text, "counterpartyIban" text, remittance text, "structuredReference" text, "endToEndId" text,
        "bankTransactionCode" text, "providerId" text, "internalId" text, fingerprint text, ordinal int)
      on conflict (tenant_id, account_id, status, fingerprint, ordinal) do nothing`,
  );
}

const valuesOf = ({ status, line, fingerprint, ordinal }: IdentifiedLine) => ({
  status,
  bookedOn: line.bookedOn,
  valueOn: line.valueOn,
  counterpartyName: line.counterpartyName,
  counterpartyIban: line.counterpartyIban,
  remittance: line.remittance,
  structuredReference: line.structuredReference,
  endToEndId: line.endToEndId,
  bankTransactionCode: line.bankTransactionCode,
  providerId: line.providerId,
  internalId: line.internalId,
  fingerprint,
  ordinal,
});

const amountOf = ({ amount }: BankLine) => ({ amountMinor: amount.amountMinor.toString(), currency: amount.currency });

/** Records each poison line once, however often it is fetched. Returns how many are new. */
async function keepRejected(
  scope: Scope,
  run: SyncRun,
  account: Account,
  { rejected }: BankLines,
  transaction: DatabaseTransaction,
): Promise<number> {
  if (rejected.length === 0) return 0;
  const rows = rejected.map(({ reason, raw }) => ({ id: newId(), digest: digestOf(raw), reason, raw }));
  const kept = await scope.rowsIn(
    transaction,
    sql`insert into rejected_lines (tenant_id, id, account_id, run_id, digest, reason, raw)
      select ${tenant}::uuid, r.id, ${account.id}::uuid, ${run.id}::uuid, r.digest, r.reason, coalesce(r.raw, 'null')
      from jsonb_to_recordset(${jsonb(rows)}::jsonb) as r(id uuid, digest text, reason text, raw jsonb)
      on conflict (tenant_id, account_id, digest) do nothing returning id`,
  );
  return kept.length;
}

/**
 * JSON that PostgreSQL stores: its texts hold neither the NUL nor the half of a surrogate pair (from a text cut in the middle of a character)
 * that a bank may send. A backslash in a text is two in JSON, and what follows those is no escape.
 */
const jsonb = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /(\\\\)|(\\ud[89a-f][0-9a-f]{2})|\\u0000/g,
    (_, backslash: string | undefined, half: string | undefined) => {
      if (backslash !== undefined) return backslash;
      return half === undefined ? '' : '\ufffd';
    },
  );

const digestOf = (raw: unknown): string => createHash('sha256').update(JSON.stringify(raw)).digest('base64url');
