import { DAY_MS } from '../../../src/platform/clock';
import { type Answer, startApp, type TestApp } from '../../support/app';
import { aBrowser, type Browser } from '../../support/browser';
import { aBusiness } from '../../support/business';
import { aCertificate, type TestCertificate } from '../../support/certificates';
import { aDpopClient, type DpopClient } from '../../support/dpop';
import { postHttps } from '../../support/https';
import { anInstance, type Instance } from '../../support/instance';
import { aUser } from '../../support/people';
import { SIGN_IN, SIGN_OUT, type SignedIn, signedIn } from '../../support/sessions';
import { PASSWORD } from '../../support/settings';

const END = 'mutation ($id: ID!) { endSession(input: { sessionId: $id }) { id } }';
const email = 'owner@northwind.example';
const input = { email, password: PASSWORD };

/** Strangers have failed so often that the account waits: who gets in all the same is known. */
describe('a device that the user signed in with before', () => {
  let app: TestApp;
  let overTls: Instance;
  const verdict = ({ errors }: Pick<Answer, 'errors'>): string => errors?.[0]?.extensions.code ?? 'SIGNED_IN';
  const signInWith = async (browser: Browser, headers: Record<string, string> = {}) =>
    verdict(await browser.ask(SIGN_IN, { input }, headers));
  const attacked = async (by = 6) => {
    for (let time = 0; time < by; time += 1) {
      await aBrowser(app.url).ask(SIGN_IN, { input: { email, password: 'not the password' } });
    }
  };
  const withKey = async (client: DpopClient, browser = aBrowser(app.url)) =>
    signInWith(browser, { dpop: await client.proof({ method: 'POST', url: `${app.url}/graphql` }) });
  const withCertificate = async (certificate: TestCertificate) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: SIGN_IN, variables: { input } });
    return verdict((await postHttps(`${overTls.url}/graphql`, { body, headers, certificate })).body);
  };
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    const own = await aCertificate('127.0.0.1');
    const environment = { PAYYMO_TLS_CERTIFICATE: own.certificate, PAYYMO_TLS_KEY: own.key };
    overTls = await anInstance({ appUrl: app.db.appUrl, publicUrl: 'https://payymo.example', clock: app.clock, environment });
  });
  afterAll(async () => {
    await overTls.close();
    await app.close();
  });
  // What earlier tests did is forgiven.
  beforeEach(() => {
    app.clock.advance(10 * DAY_MS);
  });

  it('is known by its DPoP key, whatever strangers do to the account [SEC-021]', async () => {
    const [known, other] = [await aDpopClient(app.clock), await aDpopClient(app.clock)];
    expect(await withKey(known)).toBe('SIGNED_IN');
    await attacked();

    expect([await withKey(known), await withKey(other)]).toEqual(['SIGNED_IN', 'RATE_LIMITED']);
  });

  it('is known by its certificate [SEC-021]', async () => {
    const [known, other] = [await aCertificate('known'), await aCertificate('other')];
    expect(await withCertificate(known)).toBe('SIGNED_IN');
    await attacked();

    expect([await withCertificate(known), await withCertificate(other)]).toEqual(['SIGNED_IN', 'RATE_LIMITED']);
  });

  it('is judged by the strongest proof that comes, not by a cookie beside it [SEC-021]', async () => {
    const { browser } = await signedIn(app.url, email);
    await attacked();

    expect(await withKey(await aDpopClient(app.clock), browser)).toBe('RATE_LIMITED');
    expect(await signInWith(browser)).toBe('SIGNED_IN');
  });

  it('guesses by itself, so that whoever took its key is slowed and its owner elsewhere is not [SEC-021]', async () => {
    const key = await aDpopClient(app.clock);
    expect(await withKey(key)).toBe('SIGNED_IN');
    for (let time = 0; time < 6; time += 1) {
      const dpop = await key.proof({ method: 'POST', url: `${app.url}/graphql` });
      await aBrowser(app.url).ask(SIGN_IN, { input: { email, password: 'not the password' } }, { dpop });
    }

    expect([await withKey(key), await signInWith(aBrowser(app.url))]).toEqual(['RATE_LIMITED', 'SIGNED_IN']);
  });

  it('does not spend an attempt on a proof that is not valid [SEC-021]', async () => {
    const key = await aDpopClient(app.clock);
    const dpop = await key.proof({ method: 'POST', url: 'https://evil.example/graphql' });
    for (let time = 0; time < 7; time += 1) expect(await signInWith(aBrowser(app.url), { dpop })).toBe('UNAUTHENTICATED');

    expect(await signInWith(aBrowser(app.url))).toBe('SIGNED_IN');
  });

  const anotherOwner = () => aUser(app, app.tenant('northwind'), { role: 'OWNER' });
  const later = () => {
    app.clock.advance(2 * DAY_MS);
    return Promise.resolve();
  };
  const afterwards: [string, string, (person: SignedIn, id: string) => Promise<unknown>][] = [
    ['known', 'its user has signed out', person => person.ask(SIGN_OUT)],
    ['known', 'its session has run out', later],
    ['known', 'its user has signed out everywhere', async person => person.ask('mutation { signOutEverywhere }')],
    ['unknown', 'an administrator has ended its session', async (_, id) => (await anotherOwner()).ask(END, { id })],
    ['unknown', 'its user has ended its session from elsewhere', async (_, id) => (await signedIn(app.url, email)).ask(END, { id })],
  ];

  it.each(afterwards)('is %s when %s [SEC-021]', async (expected, _what, end) => {
    const person = await signedIn(app.url, email);
    const { data } = await person.ask<{ sessions: { id: string; current: boolean }[] }>('{ sessions { id current } }');
    await end(person, data?.sessions.find(({ current }) => current)?.id ?? '');
    await attacked();

    expect(await signInWith(person.browser)).toBe(expected === 'known' ? 'SIGNED_IN' : 'RATE_LIMITED');
  });

  it('is known again after a sign-in, whatever ended before [SEC-021]', async () => {
    const person = await signedIn(app.url, email);
    await app.db.query(`update sessions set ended_at = now(), end_reason = 'ENDED_BY_ADMINISTRATOR' where ended_at is null`);
    app.clock.advance(1);
    await signedIn(app.url, email, person.browser);
    await attacked();

    expect(await signInWith(person.browser)).toBe('SIGNED_IN');
  });
});
