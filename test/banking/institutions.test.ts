import { startApp, type TestApp } from '../support/app';
import { aBusiness, anotherBusiness } from '../support/business';
import { dataOf, INSTITUTIONS, refusalOf } from '../support/banking';

const PATH = '/institutions/';

describe('institutions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness({ institutionId: 'ABNAMRO_ABNANL2A' })]);
  });
  afterEach(() => {
    app.bank.clearFaults();
  });
  afterAll(() => app.close());

  const ask = (country: string, role: 'OWNER' | 'VIEWER' | 'INTEGRATION' = 'OWNER') =>
    app.tenant('northwind').as(role)(INSTITUTIONS, { country });

  it.each(['DE', 'de'])('lists the banks of %s in any case, and none of another country [BNK-001]', async country => {
    expect(await dataOf(ask(country, 'VIEWER'))).toEqual({
      institutions: [{ id: 'SANDBOXFINANCE_SFIN0000', name: 'Sandbox Finance', bic: 'SFIN0000', countries: ['DE'], historyDays: 90 }],
    });
  });

  it('lists nothing for a country without banks [BNK-001]', async () => {
    expect(await dataOf(ask('ZZ'))).toEqual({ institutions: [] });
  });

  it.each(['', 'D', 'DEU', '12', 'D\u0000', 'ＤＥ', 'D&', '../', "D'"])(
    'refuses %j, which is no country, without asking the bank [BNK-001] [API-009]',
    async country => {
      const before = app.bank.requests.length;
      expect(await refusalOf(ask(country))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'country' });
      expect(app.bank.requests).toHaveLength(before);
    },
  );

  it('refuses a caller who is not signed in, and a role without the scope [BNK-001] [API-009]', async () => {
    expect(await refusalOf(app.anonymous(INSTITUTIONS, { country: 'DE' }))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await refusalOf(ask('DE', 'INTEGRATION'))).toMatchObject({ code: 'FORBIDDEN', scope: 'connections:read' });
  });

  it.each([
    ['answers 500', { kind: 'answer', status: 500, body: 'Traceback: secret-of-the-provider' }],
    ['sends HTML for JSON', { kind: 'html' }],
    ['cuts its answer off', { kind: 'cut' }],
    ['closes the connection', { kind: 'reset' }],
    ['sends JSON of another shape', { kind: 'answer', status: 200, body: { institutions: 'none' } }],
  ] as const)('says that the provider is unavailable when it %s, without its inner words [BNK-001] [API-009]', async (_, fault) => {
    app.bank.fail({ ...fault, path: PATH, times: Infinity });

    const refusal = await refusalOf(ask('DE'));
    expect(refusal).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', provider: 'gocardless-bank-data' });
    expect(JSON.stringify(refusal)).not.toMatch(/secret|Traceback|doctype/i);
  });

  it.each([
    ['is slow', { kind: 'slow', ms: 700 }],
    ['fails once', { kind: 'answer', status: 503 }],
  ] as const)('answers all the same when the provider %s [BNK-001]', async (_, fault) => {
    app.bank.fail({ ...fault, path: PATH });
    expect(await dataOf(ask('DE'))).toMatchObject({ institutions: [{ id: 'SANDBOXFINANCE_SFIN0000' }] });
  });

  it('says that the provider refuses us when our credentials are not good [BNK-001] [API-009]', async () => {
    const body = { summary: 'IP address access denied', detail: 'Your IP 10.0.0.1 is not allowed', status_code: 401 };
    app.bank.fail({ kind: 'answer', status: 401, body, path: PATH, times: Infinity });
    expect(await refusalOf(ask('DE'))).toMatchObject({ code: 'PROVIDER_REJECTED', provider: 'gocardless-bank-data' });
  });

  it('passes on how long the provider wants us to wait [BNK-003] [API-009]', async () => {
    app.bank.fail({ kind: 'answer', status: 429, headers: { 'retry-after': '86' }, body: { summary: 'Rate limit exceeded' }, path: PATH });
    expect(await refusalOf(ask('DE'))).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 86 });
  });
});
