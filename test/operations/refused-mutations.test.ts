import { type Ask, startApp, type TestApp, type TestTenant } from '../support/app';
import { as } from '../support/as';
import { aBusiness, anotherBusiness } from '../support/business';
import { permissionsOf } from '../../src/identity/roles/permissions';

const START = 'startConnection(input: { institutionId: "SANDBOXFINANCE_SFIN0000" }) { reference }';

let app: TestApp;
let northwind: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  northwind = app.tenant('northwind');
});
afterAll(() => app.close());
beforeEach(() => {
  // Another minute: what was refused before is forgotten.
  app.clock.advance(60_000);
});

const traces = async (slug = 'northwind') =>
  app.db.query<{ actor: string; after: unknown; request_id: string }>(
    `select actor, after, request_id from audit_entries where tenant_id = $1 and action = 'mutation.refused' order by sequence`,
    [app.tenant(slug).uuid],
  );
const newTraces = async (work: () => Promise<unknown>) => {
  const before = (await traces()).length;
  await work();
  return (await traces()).slice(before);
};
const refused = (ask: Ask, document: string) => async () => {
  const { errors } = await ask(document);
  expect(['FORBIDDEN', 'STEP_UP_REQUIRED', 'UNAUTHENTICATED']).toContain(errors?.[0]?.extensions.code);
};

describe('a mutation that is refused', () => {
  it('leaves its trace, though it changed nothing: who, what and in which request [SEC-020]', async () => {
    const { headers } = await northwind.as('VIEWER')(`mutation { disguised: ${START} }`);

    expect((await traces()).at(-1)).toEqual({
      actor: `user:${northwind.userUuids.VIEWER}`,
      after: { mutation: 'startConnection', reason: 'FORBIDDEN' },
      request_id: headers.get('x-request-id'),
    });
    expect(await app.db.query('select from connections')).toEqual([]);
  });

  it('leaves it for a second factor that is too old, too [SEC-020]', async () => {
    const userId = northwind.userUuids.OWNER;
    const weak = as(app, authorization => app.ask(authorization), northwind.uuid, {
      userId,
      scopes: permissionsOf.OWNER,
      methods: ['pwd'],
    });

    const found = await newTraces(refused(weak, 'mutation { createRole(input: { name: "x", permissions: ["matches:read"] }) { id } }'));

    expect(found).toMatchObject([{ after: { mutation: 'createRole', reason: 'STEP_UP_REQUIRED' } }]);
  });

  it('leaves it also when a field beside it fails that must not be null, so that there is no answer [SEC-020] [API-003]', async () => {
    const failing = 'signIn(input: { email: "nobody@northwind.example", password: "wrong" }) { accessToken }';
    const ask = northwind.as('VIEWER');

    const found = await newTraces(async () => {
      const { data, errors = [] } = await ask(
        `mutation ($no: Boolean = false) { ... { disguised: ${START} } ${failing} ... @skip(if: true) { skipped: ${START} }
          ... @include(if: $no) { left: updateTenantSettings(input: {}) { tenant { id } } } }`,
      );
      expect(data).toBeNull();
      expect(errors.map(({ path, extensions }) => [path?.join(), extensions.code])).toEqual([
        ['disguised', 'FORBIDDEN'],
        ['signIn', 'UNAUTHENTICATED'],
      ]);
    });

    expect(found).toMatchObject([{ after: { mutation: 'startConnection', reason: 'FORBIDDEN' } }]);
  });

  it('leaves one a minute for each person and mutation, however often it is asked for [SEC-020]', async () => {
    const document = `mutation { ${Array.from({ length: 10 }, (_, at) => `a${at}: ${START}`).join(' ')} }`;
    const ask = northwind.as('VIEWER');
    const often = async () => {
      for (let time = 0; time < 5; time += 1) await refused(ask, document)();
    };

    expect(await newTraces(often)).toHaveLength(1);
    expect(await newTraces(refused(northwind.as('ACCOUNTANT'), document))).toHaveLength(1);
    expect(await newTraces(refused(ask, 'mutation { leaveNothing: updateTenantSettings(input: {}) { tenant { id } } }'))).toHaveLength(1);
    expect(await newTraces(refused(ask, document))).toHaveLength(0);
    app.clock.advance(60_000);
    expect(await newTraces(refused(ask, document))).toHaveLength(1);
  });

  it('leaves none of a stranger, whom no trail belongs to [SEC-020]', async () => {
    expect(await newTraces(refused(app.anonymous, `mutation { ${START} }`))).toEqual([]);
  });

  it('leaves none when it is a query, or a field of what was changed [SEC-020]', async () => {
    expect(await newTraces(refused(northwind.as('INTEGRATION'), '{ connections { totalCount } }'))).toEqual([]);
  });

  it('leaves its trace in no other tenant [SEC-016] [SEC-020]', async () => {
    expect(await traces('aurora')).toEqual([]);
  });

  it('is answered in the same way when its trace cannot be written [SEC-020]', async () => {
    await app.db.query('alter function payymo.append_audit rename to append_audit_elsewhere');
    const { data, errors } = await northwind.as('VIEWER')(`mutation { ${START} }`);
    await app.db.query('alter function payymo.append_audit_elsewhere rename to append_audit');

    expect({ data, code: errors?.[0]?.extensions.code }).toEqual({ data: { startConnection: null }, code: 'FORBIDDEN' });
  });
});
