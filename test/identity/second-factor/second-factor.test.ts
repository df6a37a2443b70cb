import { startApp, type TestApp } from '../../support/app';
import { aBusiness } from '../../support/business';
import { withPasskey } from '../../support/passkeys';
import { withSecondFactor } from '../../support/second-factor';

describe('User.secondFactor', () => {
  const MINE = '{ me { secondFactor { totp recoveryCodesLeft required passkeys { id name createdAt lastUsedAt } } } }';
  const OF_ALL = '{ tenant { users { nodes { id secondFactor { totp } } } } }';
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());

  it('tells of oneself what there is, and what is demanded [SEC-011]', async () => {
    const tenant = app.tenant('northwind');
    const nothing = { totp: false, recoveryCodesLeft: 0, required: false, passkeys: [] };
    expect((await tenant.as('OWNER')(MINE)).data).toEqual({ me: { secondFactor: nothing } });
    const { id } = await withPasskey(app, tenant, 'OWNER');
    await withSecondFactor(app, tenant, 'OWNER');
    await app.db.query('update tenants set second_factor_required = true');

    const passkeys = [{ id, name: 'Key', createdAt: expect.any(String) as string, lastUsedAt: null }];
    expect((await tenant.as('OWNER')(MINE)).data).toEqual({
      me: { secondFactor: { totp: true, recoveryCodesLeft: 10, required: true, passkeys } },
    });
  });

  it('tells nobody of somebody else, whoever asks [SEC-011]', async () => {
    const tenant = app.tenant('northwind');
    const { data } = await tenant.as('ADMIN')<{ tenant: { users: { nodes: { id: string; secondFactor: object | null }[] } } }>(OF_ALL);
    const told = data?.tenant.users.nodes.filter(({ secondFactor }) => secondFactor !== null);

    expect(data?.tenant.users.nodes).toHaveLength(5);
    expect(told).toEqual([{ id: tenant.userIds.ADMIN, secondFactor: { totp: false } }]);
  });
});
