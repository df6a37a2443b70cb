import { pageOf, type Ordering } from '../platform/database/page';
import type { Scope } from '../platform/database/scope';
import { columns, raw, type Sql, sql, tenant } from '../platform/database/sql';
import { containing, oneOf, withinAmounts, withinDates } from '../platform/graphql/filter.input';
import type { Page, PageArgs } from '../platform/graphql/page.type';
import type { ConnectionFilter, TransactionFilter, TransactionOrder } from './banking.input';
import type { ConnectionRecord, TransactionRecord } from './banking.loader';
import { Connection } from './connection.model';
import { accountIds, connectionIds } from './ids';
import { Transaction } from './transaction.model';

const ORDERINGS: Record<TransactionOrder, Ordering> = {
  BOOKED_ON_DESC: { name: 'booked', column: 't.booked_on', type: 'date', descending: true },
  BOOKED_ON_ASC: { name: 'booked', column: 't.booked_on', type: 'date', descending: false },
  AMOUNT_DESC: { name: 'amount', column: 't.amount_minor', type: 'bigint', descending: true },
  AMOUNT_ASC: { name: 'amount', column: 't.amount_minor', type: 'bigint', descending: false },
};

/** A page of transactions. @throws BAD_USER_INPUT */
export const listTransactions = (
  scope: Scope,
  filter: TransactionFilter,
  order: TransactionOrder,
  args: PageArgs,
): Promise<Page<TransactionRecord>> =>
  pageOf(
    scope,
    { select: columns(Transaction, 't'), from: raw('transactions t'), alias: 't', where: conditions(filter), ordering: ORDERINGS[order] },
    args,
  );

/** A page of connections, the newest first. @throws BAD_USER_INPUT */
export const listConnections = (scope: Scope, filter: ConnectionFilter, args: PageArgs): Promise<Page<ConnectionRecord>> =>
  pageOf(
    scope,
    {
      select: columns(Connection, 'c'),
      from: raw('connections c'),
      alias: 'c',
      where: [sql`c.tenant_id = ${tenant}`, ...oneOf('c.status', filter.status)],
      ordering: { name: 'created', column: 'c.created_at', type: 'timestamptz', descending: true },
    },
    args,
  );

const conditions = (filter: TransactionFilter): Sql[] => [
  sql`t.tenant_id = ${tenant}`,
  ...oneOf('t.status', filter.status),
  ...oneOf('t.match_state', filter.matchState),
  ...(filter.direction === undefined ? [] : [filter.direction === 'INCOMING' ? sql`t.amount_minor > 0` : sql`t.amount_minor < 0`]),
  ...withinDates('t.booked_on', filter.bookedOn),
  ...withinAmounts('t.amount_minor', 't.currency', filter.amount),
  ...containing('t.search', filter.text),
  ...(filter.connectionId === undefined
    ? []
    : [sql`t.connection_id = ${connectionIds.decode(filter.connectionId, 'filter.connectionId')}`]),
  ...(filter.accountId === undefined ? [] : [sql`t.account_id = ${accountIds.decode(filter.accountId, 'filter.accountId')}`]),
];
