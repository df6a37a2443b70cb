import { failureOf } from '../../sandbox/support/failure';
import type { GoCardlessSandbox } from '../../sandbox/gocardless-bank-data/server';
import { ACCOUNT, BANK, bankOf, connect, MovableClock, pathsOf, SAVINGS, SECRET_ID, SECRET_KEY, startSandbox } from './world';

describe('a consent at GoCardless Bank Account Data', () => {
  const clock = new MovableClock();
  let sandbox: GoCardlessSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ clock });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.clearFaults();
  });

  const requestFor = async (reference: string, institutionId = BANK) => ({
    institution: await bankOf(sandbox).institution(institutionId),
    redirectUrl: 'https://gateway.example/connect?from=settings',
    reference,
  });

  it('lists the banks of a country, in any case [BNK-001]', async () => {
    const bank = bankOf(sandbox);

    expect(await bank.institutions('no')).toEqual([
      {
        id: BANK,
        name: BANK,
        bic: 'FJBKNO22',
        logoUrl: `https://cdn-logos.gocardless.com/ais/${BANK}.png`,
        countries: ['NO'],
        historyDays: 90,
        consentDays: 180,
      },
    ]);
    expect((await bank.institutions('DE')).map(({ id }) => id)).toEqual(['COMMERZBANK_COBADEFF']);
    expect(await bank.institutions('PT')).toEqual([]);
  });

  it('leaves a bank out that cannot be read, and takes the documented defaults [BNK-001]', async () => {
    const body = [{ id: 'NAMELESS' }, { id: 'TINY_TINYIS22', name: 'Tiny', countries: ['is'], logo: '', bic: null }];
    sandbox.fail({ path: '/institutions/', kind: 'answer', status: 200, body });

    expect(await bankOf(sandbox).institutions('is')).toEqual([
      { id: 'TINY_TINYIS22', name: 'Tiny', bic: null, logoUrl: null, countries: ['IS'], historyDays: 90, consentDays: 90 },
    ]);
  });

  it('says "not found" of a bank that does not exist [BNK-001]', async () => {
    expect(await failureOf(bankOf(sandbox).institution('NOBANK'))).toMatchObject({ failure: 'not_found', status: 404 });
    const institution = { ...(await requestFor('never-used')).institution, id: 'NOBANK' };

    const error = await failureOf(bankOf(sandbox).startConsent({ ...(await requestFor('never-used')), institution }));

    expect(error).toMatchObject({ failure: 'not_found', providerCode: 'UnknownInstitution' });
  });

  it('goes from token to agreement to requisition to linked accounts [BNK-001]', async () => {
    const bank = bankOf(sandbox, { clock });

    const { consentId, link, expiresAt } = await bank.startConsent(await requestFor('state-4711'));
    expect(await bank.consent(consentId)).toEqual({ status: 'pending', reference: 'state-4711', accountIds: [] });
    const back = await fetch(link, { redirect: 'manual' });

    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe('https://gateway.example/connect?from=settings&ref=state-4711');
    expect(await bank.consent(consentId)).toEqual({ status: 'linked', reference: 'state-4711', accountIds: [ACCOUNT, SAVINGS] });
    expect(expiresAt.getTime() - clock.now().getTime()).toBe(180 * 86_400_000);
  });

  it.each([
    [BANK, 90, 180],
    ['BELFIUS_GKCCBEBB', 365, 180],
  ])('asks %s for all that it gives: %i days back, %i days long', async (institutionId, historyDays, consentDays) => {
    const token = await accessToken(sandbox);
    await bankOf(sandbox).startConsent(await requestFor(`most-${institutionId}`, institutionId));

    const response = await fetch(`${sandbox.url}/agreements/enduser/?limit=1000`, { headers: { authorization: `Bearer ${token}` } });

    const { results } = (await response.json()) as { results: object[] };
    expect(results.at(-1)).toMatchObject({
      institution_id: institutionId,
      max_historical_days: historyDays,
      access_valid_for_days: consentDays,
      access_scope: ['balances', 'details', 'transactions'],
    });
  });

  it('never asks for more days than the API allows', async () => {
    const request = await requestFor('far-too-long');
    const sent: string[] = [];
    const bank = bankOf(sandbox, {
      send: ({ url, body }) => {
        sent.push(String(body));
        const answer = url.pathname.endsWith('/token/new/')
          ? { access: 'a', access_expires: 86400, refresh: 'r', refresh_expires: 2592000 }
          : { id: 'x', link: 'https://bank.example/', access_valid_for_days: 730 };
        return Promise.resolve({ status: 201, headers: new Headers(), body: answer });
      },
    });

    await bank.startConsent({ ...request, institution: { ...request.institution, historyDays: 9_999, consentDays: 1_000 } });

    expect(JSON.parse(sent[1] ?? '')).toMatchObject({ max_historical_days: 730, access_valid_for_days: 730 });
  });

  it('refuses a reference that was used before [BNK-001]', async () => {
    const bank = bankOf(sandbox);
    await bank.startConsent(await requestFor('once'));

    const error = await failureOf(bank.startConsent(await requestFor('once')));

    expect(error).toMatchObject({ failure: 'rejected', providerCode: 'ReferenceUsed', status: 400 });
    expect(error.message).toBe('gocardless-bank-data answered: Client reference must be unique');
  });

  it.each([
    ['CR', 'pending'],
    ['GC', 'pending'],
    ['UA', 'pending'],
    ['SA', 'pending'],
    ['GA', 'pending'],
    ['ID', 'pending'],
    ['LN', 'linked'],
    ['RJ', 'rejected'],
    ['ER', 'rejected'],
    ['EX', 'expired'],
    ['SU', 'expired'],
  ])('takes a requisition in %s for %s [BNK-001]', async (status, expected) => {
    const body = { id: 'r', status, reference: 'ours', accounts: ['a-1'] };
    sandbox.fail({ path: '/requisitions/', kind: 'answer', status: 200, body });

    expect(await bankOf(sandbox).consent('r')).toEqual({ status: expected, reference: 'ours', accountIds: ['a-1'] });
  });

  it('tells a declined consent from one that is still open [BNK-001]', async () => {
    const bank = bankOf(sandbox);
    const { consentId, link } = await bank.startConsent(await requestFor('declined'));

    const back = await fetch(link, { method: 'POST', body: new URLSearchParams({ decision: 'decline' }), redirect: 'manual' });

    expect(Object.fromEntries(new URL(back.headers.get('location') ?? '').searchParams)).toMatchObject({
      ref: 'declined',
      error: 'UserCancelledSession',
    });
    expect((await bank.consent(consentId)).status).toBe('rejected');
  });

  it('ends a consent, also one that is gone already [BNK-001]', async () => {
    const bank = bankOf(sandbox);
    const consentId = await connect(bank);

    await bank.revokeConsent(consentId);
    await bank.revokeConsent(consentId);

    expect(await failureOf(bank.consent(consentId))).toMatchObject({ failure: 'not_found' });
    sandbox.fail({ method: 'DELETE', path: '/requisitions/', kind: 'answer', status: 500 });
    expect(await failureOf(bank.revokeConsent(consentId))).toMatchObject({ failure: 'unavailable', ambiguous: true });
  });

  it('never lets an id lead to another path [SEC-022]', async () => {
    const bank = bankOf(sandbox);

    expect((await failureOf(bank.consent('../token/new?x=1#y'))).failure).toBe('not_found');
    expect(pathsOf(sandbox).at(-1)).toBe('GET /api/v2/requisitions/..%2Ftoken%2Fnew%3Fx%3D1%23y/');
    const before = sandbox.requests.length;
    for (const id of ['', '.', '..']) expect((await failureOf(bank.consent(id))).failure).toBe('not_found');
    expect(sandbox.requests).toHaveLength(before);
  });

  it('refuses a link that is no web address [SEC-022]', async () => {
    const request = await requestFor('odd-link');
    sandbox.fail({ method: 'POST', path: '/requisitions/', kind: 'answer', status: 201, body: { id: 'x', link: 'javascript:alert(1)' } });

    expect((await failureOf(bankOf(sandbox).startConsent(request))).failure).toBe('malformed');
  });
});

async function accessToken({ url }: GoCardlessSandbox): Promise<string> {
  const body = JSON.stringify({ secret_id: SECRET_ID, secret_key: SECRET_KEY });
  const response = await fetch(`${url}/token/new/`, { method: 'POST', body });
  return ((await response.json()) as { access: string }).access;
}
