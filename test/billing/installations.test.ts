import { Installation } from '../../src/billing/installation.model';
import { startApp, type TestApp } from '../support/app';
import { aBusiness, anInvoice, anotherBusiness } from '../support/business';
import { imported, synced } from '../support/journey';

const SECRETS = ['identifier-of-northwind', 'secret-of-northwind', 'identifier-of-aurora', 'secret-of-aurora'];
/** How a secret may hide: as it is, in base64 at any of the three offsets, in hexadecimal. */
const spellings = (secret: string): string[] => [
  secret,
  ...[0, 1, 2].map(offset =>
    Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .slice(4, -4),
  ),
  Buffer.from(secret).toString('hex'),
];

describe('the credentials of a billing system', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness({ invoices: [anInvoice()] }), anotherBusiness()]);
    const tenant = app.tenant('northwind');
    await synced(app, tenant);
    app.whmcs.fail({
      action: 'GetInvoices',
      kind: 'answer',
      status: 403,
      body: { result: 'error', message: SECRETS.slice(0, 2).join(' ') },
    });
    await imported(app, tenant);
    await imported(app, tenant);
  });
  afterAll(() => app.close());

  /** Every row of every table of every schema of ours, as text. */
  const dump = async (): Promise<string> => {
    const tables = await app.db.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    let text = '';
    for (const { name } of tables) {
      for (const { row } of await app.db.query<{ row: string }>(`select t::text as row from ${name} t`)) text += `${row}\n`;
    }
    return text;
  };
  const open = (slug: string) => app.installations.ofTenant(app.tenant(slug).scope());

  it('stand in plain text nowhere in the database: the earlier Payymo kept them as they were (fault 10) [SEC-013]', async () => {
    const text = await dump();

    expect(text).toContain('Vance & Brandt');
    expect(SECRETS.flatMap(spellings).filter(spelling => text.includes(spelling))).toEqual([]);
  });

  it('are sealed anew each time, so that equal ones do not look alike [SEC-013]', async () => {
    const sealed = () => app.db.query<{ sealed_credentials: string }>('select sealed_credentials from installations order by 1');
    const before = await sealed();
    const tenant = app.tenant('northwind');
    const settings = { url: app.whmcs.url('northwind'), gateway: 'banktransfer' };
    const credentials = { identifier: 'identifier-of-northwind', secret: 'secret-of-northwind' };

    const scope = tenant.scope();
    await scope.change(transaction => app.installations.configure(scope, { ...settings, ...credentials }, transaction));

    const after = await sealed();
    expect(after).toHaveLength(before.length);
    expect(after).not.toEqual(before);
    await expect(open('northwind')).resolves.toMatchObject({ billing: { name: 'whmcs' } });
  });

  it("do not open in another tenant's row [SEC-013] [SEC-016]", async () => {
    await expect(open('aurora')).resolves.toBeDefined();
    const [own] = await app.db.query<{ sealed_credentials: string }>('select sealed_credentials from installations where tenant_id = $1', [
      app.tenant('aurora').uuid,
    ]);
    await app.db.query(
      `update installations set sealed_credentials = (select sealed_credentials from installations where tenant_id = $1) where tenant_id = $2`,
      [app.tenant('northwind').uuid, app.tenant('aurora').uuid],
    );

    await expect(open('aurora')).rejects.toThrow();

    const codes = await app.tenant('aurora').as('OWNER')('mutation { importInvoices { invoiceImport { id } } }');
    expect(codes.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(JSON.stringify(codes)).not.toContain('northwind');
    await app.db.query('update installations set sealed_credentials = $1 where tenant_id = $2', [
      own?.sealed_credentials,
      app.tenant('aurora').uuid,
    ]);
    await expect(open('aurora')).resolves.toBeDefined();
  });

  it('do not open once a bit of them has changed [SEC-013]', async () => {
    const tenant = app.tenant('northwind');
    const put = (letter: string) =>
      app.db.query('update installations set sealed_credentials = overlay(sealed_credentials placing $1 from 20) where tenant_id = $2', [
        letter,
        tenant.uuid,
      ]);
    const [{ piece } = { piece: '' }] = await app.db.query<{ piece: string }>(
      'select substr(sealed_credentials, 20, 1) as piece from installations where tenant_id = $1',
      [tenant.uuid],
    );

    await put(piece === 'A' ? 'B' : 'A');
    await expect(open('northwind')).rejects.toThrow();
    await put(piece);
    await expect(open('northwind')).resolves.toBeDefined();
  });

  it('are those of the own tenant alone [SEC-016]', async () => {
    const rows = await app
      .tenant('northwind')
      .scope()
      .change(transaction => Installation.findAll({ transaction }));

    expect(rows.map(({ tenantId }) => tenantId)).toEqual([app.tenant('northwind').uuid]);
  });
});
