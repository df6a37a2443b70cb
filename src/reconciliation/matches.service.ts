import { transactionIds } from '../banking/ids';
import { invoiceIds } from '../billing/ids';
import { pageOf, type Ordering } from '../platform/database/page';
import type { Scope } from '../platform/database/scope';
import { columns, raw, type Sql, sql, tenant } from '../platform/database/sql';
import { badInput } from '../platform/errors';
import { oneOf } from '../platform/graphql/filter.input';
import type { Page, PageArgs } from '../platform/graphql/page.type';
import { Match } from './match.model';
import type { MatchRecord } from './reconciliation.loader';
import type { MatchFilter, MatchOrder } from './reconciliation.type';

const ORDERINGS: Record<MatchOrder, Ordering> = {
  CONFIDENCE_DESC: { name: 'confidence', column: 'm.confidence', type: 'int', descending: true },
  CONFIDENCE_ASC: { name: 'confidence', column: 'm.confidence', type: 'int', descending: false },
  CREATED_AT_DESC: { name: 'created', column: 'm.created_at', type: 'timestamptz', descending: true },
  CREATED_AT_ASC: { name: 'created', column: 'm.created_at', type: 'timestamptz', descending: false },
};

/** A page of matches. @throws BAD_USER_INPUT */
export const listMatches = (scope: Scope, filter: MatchFilter, order: MatchOrder, args: PageArgs): Promise<Page<MatchRecord>> =>
  pageOf(
    scope,
    { select: columns(Match, 'm'), from: raw('matches m'), alias: 'm', where: conditions(filter), ordering: ORDERINGS[order] },
    args,
  );

const conditions = ({ state, confidenceFrom, tied, transactionId, invoiceId }: MatchFilter): Sql[] => [
  sql`m.tenant_id = ${tenant}`,
  ...oneOf('m.state', state),
  ...(confidenceFrom === undefined ? [] : [sql`m.confidence >= ${basisPoints(confidenceFrom)}`]),
  ...(tied === undefined ? [] : [sql`m.tied = ${tied}`]),
  ...(transactionId === undefined ? [] : [sql`m.transaction_id = ${transactionIds.decode(transactionId, 'filter.transactionId')}`]),
  ...(invoiceId === undefined ? [] : [sql`m.invoice_id = ${invoiceIds.decode(invoiceId, 'filter.invoiceId')}`]),
];

function basisPoints(confidence: number): number {
  if (confidence < 0 || confidence > 1) throw badInput('filter.confidenceFrom', 'A confidence is a number from 0 to 1');
  return Math.round(confidence * 10_000);
}
