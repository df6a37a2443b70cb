import { startApp, type TestApp } from '../support/app';
import { aBusiness } from '../support/business';

const SERVICES = '{ services { name state healthy problem startedAt startMs } }';

describe('services', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());

  it.each(['OWNER', 'ADMIN'] as const)('shows the role %s each part of the process and how it is [ARC-002]', async role => {
    const { data, errors } = await app.tenant('northwind').as(role)<{ services: Record<string, unknown>[] }>(SERVICES);

    expect(errors).toBeUndefined();
    const well = { state: 'running', healthy: true, problem: null };
    expect(data?.services).toMatchObject(['database', 'late-traces', 'revocations'].map(name => ({ name, ...well })));
    const [database] = data?.services ?? [];
    expect(Date.parse(String(database?.['startedAt']))).toBeLessThanOrEqual(Date.now());
    expect(database?.['startMs']).toBeGreaterThanOrEqual(0);
  });

  it.each(['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const)('refuses the role %s, which lacks operations:read [API-003]', async role => {
    const { data, errors } = await app.tenant('northwind').as(role)(SERVICES);

    expect(data).toEqual({ services: null });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'operations:read' } }]);
  });

  it('refuses a caller without a token [SEC-017]', async () => {
    expect((await app.anonymous(SERVICES)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
