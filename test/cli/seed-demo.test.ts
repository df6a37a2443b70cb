import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { platformRoles, roles } from '../../src/identity/roles/permissions';
import { seedDemo } from '../../src/cli/seed-demo';
import type { DemoContext } from '../../src/cli/demo/parts';
import type { SeededTenant } from '../../src/cli/demo/demo-file';
import { startApp, type TestApp } from '../support/app';
import { forgetTenants } from '../support/tenancy';

const FJORD = { slug: 'fjord', name: 'Fjord Hosting', country: 'NO', currency: 'NOK', institutionId: 'SANDBOX' };
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { accessToken secondFactor { demand } } }`;

const sandboxAt = (port: number): DemoContext['sandbox'] => ({
  gocardless: { url: `http://127.0.0.1:${port}/api/v2`, origin: `http://127.0.0.1:${port}` },
  whmcs: {
    origin: `http://127.0.0.1:${port}`,
    installations: [{ slug: 'fjord', url: `http://127.0.0.1:${port}/fjord`, identifier: 'id', secret: 'hush', gateway: 'wire' }],
  },
  businesses: [FJORD],
});

describe('the demo data', () => {
  let app: TestApp;
  let home: string;
  beforeAll(async () => {
    app = await startApp([]);
    home = await mkdtemp(path.join(tmpdir(), 'payymo-seed-'));
  });
  afterAll(async () => {
    await app.close();
    await rm(home, { recursive: true });
  });

  const seed = async (port: number) => (await seedDemo(app, { home, sandbox: sandboxAt(port) })) as unknown as SeededTenant[];

  it('is made once: a tenant and the platform with a user for each role, who can sign in [ARC-008]', async () => {
    const first = await seed(4711);
    const second = await seed(4712);

    expect(second).toEqual(first);
    expect(first).toMatchObject([
      { slug: 'fjord', name: 'Fjord Hosting', users: roles.map(role => ({ role })) },
      { slug: 'platform', name: 'Payymo', users: platformRoles.map(role => ({ role })) },
    ]);
    expect(await app.db.query('select slug, country, kind from tenants order by slug')).toEqual([
      { slug: 'fjord', country: 'NO', kind: 'BUSINESS' },
      { slug: 'platform', country: 'DE', kind: 'PLATFORM' },
    ]);
    expect(await app.db.query('select role from users')).toHaveLength(roles.length + platformRoles.length);
    for (const { email, password } of first[0]?.users ?? []) {
      const { data } = await app.anonymous(SIGN_IN, { input: { email, password, tenant: 'fjord' } });
      expect(data).toMatchObject({ signIn: { accessToken: expect.any(String) as unknown } });
    }
    for (const { email, password } of first[1]?.users ?? []) {
      const { data } = await app.anonymous(SIGN_IN, { input: { email, password, tenant: 'platform' } });
      expect(data).toEqual({ signIn: { accessToken: null, secondFactor: { demand: 'ENROL' } } });
    }
  });

  it('follows the sandbox to another port [BNK-006]', async () => {
    await seed(4713);

    expect(JSON.stringify(await app.db.query('select * from installations'))).toContain(':4713/fjord');
  });

  it('keeps its passwords for the owner of the files, and repeats a start that was cut off before the tenant was made [ARC-008]', async () => {
    const file = path.join(home, 'tenants.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const known = await readFile(file, 'utf8');
    await forgetTenants(app);

    await seed(4714);

    expect(await readFile(file, 'utf8')).toBe(known);
    expect(await app.db.query('select slug from tenants order by slug')).toEqual([{ slug: 'fjord' }, { slug: 'platform' }]);
  });

  it('does not make up new passwords when it cannot read the old ones [ARC-008]', async () => {
    await writeFile(path.join(home, 'tenants.json'), '{');

    await expect(seed(4715)).rejects.toThrow(SyntaxError);
  });
});
