import { permissionsOf } from '../src/identity/roles/permissions';
import type { Principal } from '../src/platform/auth/principal';
import { newId } from '../src/platform/database/ids';
import { Scope } from '../src/platform/database/scope';
import type { Sql } from '../src/platform/database/sql';

/** How many transactions there are, each with a match and an invoice. */
export const ROWS = 50;

/** An owner with a principal of their own, as each request over HTTP has. */
export const anOwner = (tenantId: string, userId: string): Principal => ({
  ...{ tenantId, userId, clientId: null, sessionId: newId(), actor: `user:${userId}` },
  ...{ scopes: new Set<string>(permissionsOf.OWNER), authenticatedAt: new Date(), methods: ['pwd'] },
});

/** A scope that needs no database. */
export const aScopeInMemory = (): Scope => new ScopeInMemory({} as never, anOwner(newId(), newId()), 'bench');

/** Gives every statement the rows of its table. */
class ScopeInMemory extends Scope {
  override rows<Row>(statement: Sql): Promise<Row[]> {
    const [, table = ''] = / from (\w+) /.exec(statement.strings.join(' ')) ?? [];
    return Promise.resolve([...(TABLES[table] ?? [])] as Row[]);
  }
}

const AT = new Date('2026-11-01T08:00:00Z');
const ids = { connection: newId(), account: newId(), customer: newId() };
const each = <Row>(make: (id: { readonly transaction: string; readonly invoice: string }, at: number) => Row): Row[] => ROW_IDS.map(make);
const ROW_IDS = Array.from({ length: ROWS }, () => ({ transaction: newId(), invoice: newId() }));

const TABLES: Readonly<Record<string, readonly object[]>> = {
  transactions: each(({ transaction }, at) => ({
    ...{ id: transaction, cursorKey: '2026-10-31', accountId: ids.account, connectionId: ids.connection, status: 'BOOKED' },
    ...{ bookedOn: '2026-10-31', valueOn: '2026-10-31', amountMinor: String(10_000 + at), currency: 'EUR', matchState: 'PROPOSED' },
    ...{ counterpartyName: `Payer ${at}`, counterpartyIban: 'NL91ABNA0417164300', remittance: `Rechnung NW-2026-${at}`, createdAt: AT },
  })),
  connections: [{ id: ids.connection, institutionName: 'Sandbox Finance', status: 'ACTIVE' }],
  accounts: [{ id: ids.account, iban: 'DE89370400440532013000', currency: 'EUR', name: 'Main account' }],
  matches: each(({ transaction, invoice }) => ({
    ...{ id: newId(), transactionId: transaction, invoiceId: invoice, state: 'PROPOSED', confidence: 9_500, tied: false },
    evidence: [{ signal: 'REFERENCE', explanation: 'The text names the invoice', contribution: 9_000, data: {} }],
  })),
  invoices: each(({ invoice }, at) => ({
    ...{ id: invoice, number: `NW-2026-${at}`, status: 'UNPAID', dueOn: '2026-11-05', totalMinor: '10000', currency: 'EUR' },
    customerId: ids.customer,
  })),
  customers: [{ id: ids.customer, name: 'Ottilie Vance' }],
};
