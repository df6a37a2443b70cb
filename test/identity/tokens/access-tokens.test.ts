import { randomUUID } from 'node:crypto';

import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { apiClientIds } from '../../../src/identity/ids';
import { permissionsOf } from '../../../src/identity/roles/permissions';
import { startApp, type TestApp } from '../../support/app';
import { tokenOf } from '../../support/as';
import { aBusiness } from '../../support/business';
import { aDpopClient } from '../../support/dpop';
import { reSigned } from '../../support/forge';
import { rawRequest } from '../../support/http';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const WHO = '{ me { id } }';

describe('access tokens', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());

  const seconds = () => Math.floor(app.clock.now().getTime() / 1000);
  const owner = () => {
    const { uuid: tenantId, userUuids } = app.tenant('northwind');
    return { tenantId, userId: userUuids.OWNER };
  };
  const issued = () => tokenOf(app, owner().tenantId, { userId: owner().userId, scopes: permissionsOf.OWNER });
  const minimal = () => ({
    ...{ ...owner(), clientId: null, scopes: ['tenant:read'], session: { id: randomUUID(), version: 3 } },
    ...{ authenticatedAt: null, methods: [], confirmation: null },
  });

  it('carry the header and claims of RFC 9068 and ours, and nothing else [SEC-007]', async () => {
    const sessionId = randomUUID();
    const token = await tokenOf(app, owner().tenantId, { userId: owner().userId, scopes: permissionsOf.OWNER, sessionId });

    expect(Object.keys(decodeProtectedHeader(token))).toEqual(['alg', 'typ', 'kid']);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) as string });
    expect(decodeJwt(token)).toEqual({
      ...{ iss: app.url, aud: 'payymo-api', sub: owner().userId, client_id: 'payymo', tenant: owner().tenantId },
      ...{ scopes: permissionsOf.OWNER, sid: sessionId, sv: 1, token_type: 'access' },
      ...{ iat: seconds(), nbf: seconds(), exp: seconds() + 300, jti: expect.stringMatching(UUID) as string },
      ...{ auth_time: seconds(), amr: ['pwd', 'otp', 'mfa'] },
    });
    expect(decodeJwt(await issued()).jti).not.toBe(decodeJwt(await issued()).jti);
  }); // prettier-ignore

  it('leave out when and how somebody signed in, and their key, when there is nothing to say [SEC-007]', async () => {
    const { accessToken, expiresAt } = await app.tokens.issue(minimal());

    expect(Object.keys(decodeJwt(accessToken)).filter(name => ['auth_time', 'amr', 'cnf'].includes(name))).toEqual([]);
    expect(expiresAt).toEqual(new Date((seconds() + 300) * 1000));
  });

  it('name a client as subject, by its registered id as client, and the key that they are bound to [SEC-007] [SEC-008]', async () => {
    const clientId = randomUUID();
    const confirmation = { 'x5t#S256': 'A'.repeat(43) };
    const { accessToken } = await app.tokens.issue({ ...minimal(), userId: null, clientId, session: { id: clientId, version: 0 }, confirmation });

    expect(decodeJwt(accessToken)).toMatchObject({ sub: clientId, client_id: apiClientIds.encode(clientId), sid: clientId, sv: 0, cnf: confirmation });
    expect(await app.tokens.verify(accessToken)).toMatchObject({ userId: null, clientId, actor: `client:${clientId}`, confirmation });
  }); // prettier-ignore

  it('are for a person or for a client, never for both or for nobody [SEC-007] [SEC-017]', async () => {
    await expect(app.tokens.issue({ ...minimal(), userId: null })).rejects.toThrow('a person or for a client');
    await expect(app.tokens.issue({ ...minimal(), clientId: randomUUID() })).rejects.toThrow('a person or for a client');
  });

  it('verify against the published key set with an independent client [SEC-007]', async () => {
    const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));

    const { payload } = await jwtVerify(await issued(), keys, {
      ...{ algorithms: ['RS256'], typ: 'at+jwt', audience: 'payymo-api', issuer: app.url, maxTokenAge: 300 },
    });

    expect(payload['tenant']).toBe(owner().tenantId);
  });

  it.each(['Bearer', 'bearer', 'BEARER'])('are accepted after %s [SEC-007]', async scheme => {
    const { data } = await app.ask(`${scheme} ${await issued()}`)(WHO);

    expect(data).toEqual({ me: { id: app.tenant('northwind').userIds.OWNER } });
  });

  it('end after five minutes and say so [SEC-007]', async () => {
    const token = await issued();
    app.clock.advance(304_000);
    expect((await app.ask(`Bearer ${token}`)(WHO)).status).toBe(200);
    app.clock.advance(2_000);

    const { status, headers, data, errors } = await app.ask(`Bearer ${token}`)(WHO);

    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ message: 'The access token has expired: sign in again', extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token", error_description="The access token expired"');
  });

  it('that are bound to a key open the API with its proof alone [SEC-008]', async () => {
    const client = await aDpopClient(app.clock);
    const { accessToken } = await app.tokens.issue({ ...minimal(), confirmation: { jkt: client.jkt } });
    const proof = await client.proof({ method: 'POST', url: `${app.url}/graphql`, accessToken });
    const headers = ['content-type', 'application/json', 'authorization', `DPoP ${accessToken}`, 'dpop', proof];
    const send = () => rawRequest(`${app.url}/graphql`, { headers, body: JSON.stringify({ query: WHO }) });

    expect(JSON.parse((await send()).body)).toEqual({ data: { me: { id: app.tenant('northwind').userIds.OWNER } } });
    expect((await send()).status).toBe(401);
    expect((await app.ask(`Bearer ${accessToken}`)(WHO)).status).toBe(401);
  });

  it.each([
    ['altered', async () => (await issued()).replace(/\.(.)/, (_all, first: string) => `.${first === 'e' ? 'f' : 'e'}`)],
    ['made for another tenant by somebody with our key, but written otherwise', async () => reSigned(await issued(), { claims: { role: 'OWNER' } })],
    ['garbage', () => 'not-a-token'],
  ])('are refused when %s, with an answer that is no GraphQL [SEC-007] [SEC-017]', async (_what, token) => {
    const { status, headers, data, errors } = await app.ask(`Bearer ${await token()}`)(WHO);

    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ message: 'The access token is not valid', extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  }); // prettier-ignore

  it('are checked before anything else is looked at: the body, and also where nobody needs one [SEC-017]', async () => {
    const authorization = { authorization: 'Bearer not-a-token' };
    const body = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { ...authorization, 'content-type': 'application/json' }, body: '{' });
    const keys = await fetch(`${app.url}/.well-known/jwks.json`, { headers: authorization });
    const nowhere = await fetch(`${app.url}/nothing-here`, { headers: authorization });

    expect([body.status, keys.status, nowhere.status]).toEqual([401, 401, 401]);
  }); // prettier-ignore
});
