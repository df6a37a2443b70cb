import { fuse } from '../../src/gateway/fuse';
import { apiClientSecretIds, passkeyIds } from '../../src/identity/ids';
import { newId } from '../../src/platform/database/ids';
import { fillSome } from '../database/rows';
import { startApp, type TestApp } from '../support/app';
import { aBusiness, aLine, anAccount, anInvoice, anotherBusiness } from '../support/business';
import { proposed, startConnection } from '../support/journey';
import { typeAt } from '../support/id-places';
import { idOperations } from '../support/operations';

const CANARY = 'only-aurora-may-see-this';

/** Tables that the journey to a proposal leaves empty. */
const FURTHER = ['users', 'custom_roles', 'invitations', 'api_clients', 'api_client_secrets', 'passkeys', 'sessions'];

describe('the data of another tenant', () => {
  let app: TestApp;
  let operations: ReturnType<typeof idOperations>;

  beforeAll(async () => {
    const booked = [aLine({ remittanceInformationUnstructured: 'Rechnung NW-2026-801' })];
    const canaries = [aLine({ remittanceInformationUnstructured: `NW-2026-801 ${CANARY}`, debtorName: CANARY })];
    const account = { id: '7e1c2f3a-0000-4000-8000-000000000002', iban: 'DE02120300000000202051', name: CANARY, booked: canaries };
    const invoice = anInvoice({ items: [{ description: CANARY, amount: '118.45' }] });
    const aurora = anotherBusiness({ accounts: [anAccount(account)], invoices: [invoice] });
    app = await startApp([aBusiness({ accounts: [anAccount({ booked })], invoices: [anInvoice()] }), aurora]);
    await proposed(app, app.tenant('northwind'));
    await proposed(app, app.tenant('aurora'), 'SANDBOXFINANCE_GB_SFIN0001');
    for (const slug of ['northwind', 'aurora']) await fillSome(app.db, FURTHER, { id: app.tenant(slug).uuid, slug, rowId: newId() });
    operations = idOperations(fuse(await app.subgraphs()));
  });
  afterAll(() => app.close());

  const idsAt = (place: string) => {
    // These are named by their ids, but nobody can ask for them alone.
    const known = [...app.modules.flatMap(({ entities }) => entities.map(entity => entity.ids)), apiClientSecretIds, passkeyIds];
    const ids = known.find(({ typeName }) => typeName.toLowerCase() === typeAt(place));
    const table = Object.keys(TYPES).find(name => TYPES[name] === ids?.typeName);
    if (!ids || table === undefined)
      throw new Error(`Say in test/support/id-places.ts what an id at ${place} names, and here in which table`);
    return { table, ids };
  };
  const idOf = async (place: string, slug: string) => {
    const { table, ids } = idsAt(place);
    const [row] = await app.db.query<{ id: string }>(`select id from ${table} where ${tenantColumnOf(table)} = $1`, [
      app.tenant(slug).uuid,
    ]);
    return ids.encode(row?.id ?? '');
  };
  /** What an operation of northwind answers, to the byte, with the id taken out of the words. */
  const bytesWith = async (operation: ReturnType<typeof idOperations>[number], id: string) => {
    const { status, data, errors } = await app.tenant('northwind').as('OWNER')(operation(() => id).document);
    const withoutRequestIds = errors?.map(({ extensions, ...error }) => ({ ...error, extensions: { ...extensions, requestId: '' } }));
    return JSON.stringify({ status, data, errors: withoutRequestIds }).replaceAll(id, '<id>');
  };
  const rowsOf = async (slug: string) => {
    const rows: unknown[] = [];
    for (const table of Object.keys(TYPES)) {
      rows.push(
        await app.db.query(`select t::text as row from ${table} t where ${tenantColumnOf(table)} = $1 order by id`, [
          app.tenant(slug).uuid,
        ]),
      );
    }
    return rows;
  };

  it('is asked for at every place of the API that takes an id [SEC-016]', () => {
    expect(operations.map(operation => operation(() => '').place).sort()).toEqual([
      'approveMatch.input.matchId',
      'auditEntries.filter.object',
      'changePlan.input.tenantId',
      'changeUserRole.input.customRoleId',
      'changeUserRole.input.userId',
      'closeTenant.input.tenantId',
      'deleteRole.roleId',
      'disableUser.userId',
      'enableUser.userId',
      'endApiClient.input.clientId',
      'endSession.input.sessionId',
      'inviteFirstOwner.input.tenantId',
      'inviteUser.input.customRoleId',
      'invoiceImport.id',
      'invoices.filter.customerId',
      'matches.filter.invoiceId',
      'matches.filter.transactionId',
      'node.id',
      'reconciliationRun.id',
      'rejectMatch.input.matchId',
      'removePasskey.id',
      'resendInvitation.invitationId',
      'resetSecondFactor.userId',
      'resumeTenant.input.tenantId',
      'retryMatch.input.matchId',
      'revokeApiClientSecret.input.clientId',
      'revokeApiClientSecret.input.secretId',
      'revokeInvitation.invitationId',
      'rotateApiClientSecret.input.clientId',
      'suspendTenant.input.tenantId',
      'syncConnection.input.connectionId',
      'syncRun.id',
      'tenantAuditEntries.filter.object',
      'tenantAuditEntries.tenantId',
      'transactions.filter.accountId',
      'transactions.filter.connectionId',
      'updateApiClient.input.clientId',
      'updateRole.input.roleId',
    ]);
  });

  it('answers to its id, in any operation, with the bytes of an id that does not exist, and stays as it is [SEC-016]', async () => {
    const before = await rowsOf('aurora');
    for (const operation of operations) {
      const { place } = operation(() => '');
      const foreign = await bytesWith(operation, await idOf(place, 'aurora'));
      const unknown = await bytesWith(operation, idsAt(place).ids.encode(newId()));

      expect({ place, answer: foreign }).toEqual({ place, answer: unknown });
      expect(foreign).not.toMatch(new RegExp(`${CANARY}|VALIDATION_FAILED|INTERNAL`));
    }
    await app.runJobs({ hurry: true });
    expect(await rowsOf('aurora')).toEqual(before);
    expect(app.whmcs.payments('aurora', '801')).toEqual([]);
  });

  it('is told apart from one’s own by the same operations, so that the comparison above means something [SEC-016]', async () => {
    // The trail of another tenant is for the platform's auditors: an owner is refused whatever tenant is named.
    const queries = operations.filter(
      operation => operation(() => '').coordinate.startsWith('Query.') && !operation(() => '').coordinate.endsWith('.tenantAuditEntries'),
    );
    for (const operation of queries) {
      const { place } = operation(() => '');
      const own = await bytesWith(operation, await idOf(place, 'northwind'));
      const foreign = await bytesWith(operation, await idOf(place, 'aurora'));

      expect({ place, answer: own }).not.toEqual({ place, answer: foreign });
    }
    expect(queries).toHaveLength(10);
  });

  it('is in no list, count, filter or cursor [SEC-016]', async () => {
    const lists = `query ($after: String) { connections { totalCount nodes { id } } transactions(first: 1, after: $after) { totalCount
      nodes { remittance counterpartyName account { name } } pageInfo { endCursor } }
      invoices { totalCount nodes { number } } matches { totalCount } tenant { users { nodes { email } } } }`;
    const bytes = async (slug: string, variables: Record<string, unknown> = {}) => {
      const { data, errors } = await app.tenant(slug).as('OWNER')<{ transactions: { pageInfo: { endCursor: string } } }>(lists, variables);
      return { text: JSON.stringify({ data, errors }), cursor: data?.transactions.pageInfo.endCursor };
    };
    const aurora = await bytes('aurora');
    const northwind = await bytes('northwind', { after: aurora.cursor });
    const search = `{ transactions(filter: { text: "${CANARY}" }) { totalCount } }`;

    expect(aurora.text).toContain(CANARY);
    expect(northwind.text).not.toMatch(new RegExp(`${CANARY}|aurora`));
    expect((await bytes('northwind')).text).toContain('"connections":{"totalCount":1');
    expect((await app.tenant('northwind').as('OWNER')(search)).data).toEqual({ transactions: { totalCount: 0 } });
    expect((await app.tenant('aurora').as('OWNER')(search)).data).toEqual({ transactions: { totalCount: 1 } });
  });

  it('is not reached with the reference of its connection either [SEC-016] [SEC-012]', async () => {
    const { reference } = await startConnection(app.tenant('aurora'), 'SANDBOXFINANCE_GB_SFIN0001');
    const complete = async (ref: string) => {
      const query = 'mutation ($ref: String!) { completeConnection(input: { reference: $ref }) { connection { id } } }';
      const { data, errors } = await app.tenant('northwind').as('OWNER')(query, { ref });
      return { data, errors: errors?.map(({ message, extensions: { code } }) => ({ message, code })) };
    };

    expect(await complete(reference)).toEqual(await complete(`${reference.slice(0, -4)}AAAA`));
    expect(await complete(reference)).toMatchObject({ errors: [{ code: 'REFERENCE_UNKNOWN' }] });
  });
});

const tenantColumnOf = (table: string): string => (table === 'tenants' ? 'id' : 'tenant_id');

const TYPES: Readonly<Record<string, string>> = {
  sync_runs: 'SyncRun',
  invoice_imports: 'InvoiceImport',
  reconciliation_runs: 'ReconciliationRun',
  connections: 'Connection',
  accounts: 'Account',
  customers: 'Customer',
  transactions: 'Transaction',
  invoices: 'Invoice',
  matches: 'Match',
  tenants: 'Tenant',
  users: 'User',
  custom_roles: 'CustomRole',
  api_clients: 'ApiClient',
  api_client_secrets: 'ApiClientSecret',
  sessions: 'Session',
  invitations: 'Invitation',
  passkeys: 'Passkey',
};
