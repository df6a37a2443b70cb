import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';

import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';

import { permissionsOf } from '../../../src/identity/roles/permissions';
import { signingKeys } from '../../../src/identity/tokens/signing-keys';
import { startApp, type TestApp } from '../../support/app';
import { tokenOf } from '../../support/as';
import { aBusiness } from '../../support/business';
import { rawRequest } from '../../support/http';
import { settings } from '../../support/settings';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const WHO = '{ me { id } }';

interface Parts {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

describe('access tokens', () => {
  let app: TestApp;
  let kid: string;
  const foreign = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const privateKey = () => settings().signingKey;
  const seconds = () => Math.floor(app.clock.now().getTime() / 1000);
  const issued = async () => {
    const { uuid: tenantId, userUuids } = app.tenant('northwind');
    return tokenOf(app, tenantId, { userId: userUuids.OWNER, scopes: permissionsOf.OWNER });
  };
  /** A token like ours but for the difference; a claim of undefined is left out. */
  const forged = async ({ header = {}, claims = {} }: Parts = {}, key: Parameters<SignJWT['sign']>[0] | string = privateKey()) => {
    const payload = { ...decodeJwt(await issued()), ...claims };
    const signer = typeof key === 'string' ? (await signingKeys({ active: key })).privateKey : key;
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header }).sign(signer);
  };

  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    ({ kid } = await signingKeys({ active: privateKey() }));
  });
  afterAll(() => app.close());

  it('carry the header and claims of RFC 9068 and nothing else [SEC-007]', async () => {
    const token = await issued();
    const { uuid, userUuids } = app.tenant('northwind');

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'at+jwt', kid });
    expect(decodeJwt(token)).toEqual({
      iss: app.url,
      aud: 'payymo-api',
      sub: userUuids.OWNER,
      tenant: uuid,
      scopes: permissionsOf.OWNER,
      token_type: 'access',
      iat: seconds(),
      nbf: seconds(),
      exp: seconds() + 600,
      jti: expect.stringMatching(UUID) as string,
    });
    expect(decodeJwt(await issued()).jti).not.toBe(decodeJwt(token).jti);
  });

  it('verify against the published key set with an independent client [SEC-007]', async () => {
    const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));

    const { payload } = await jwtVerify(await issued(), keys, {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      audience: 'payymo-api',
      issuer: app.url,
    });

    expect(payload['tenant']).toBe(app.tenant('northwind').uuid);
  });

  it('are verified by a key set that may be cached and holds no private member [SEC-007]', async () => {
    const response = await fetch(`${app.url}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };

    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    expect(keys.map(key => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
    expect(keys).toMatchObject([{ alg: 'RS256', use: 'sig', kty: 'RSA', kid }]);
  });

  it.each(['Bearer', 'bearer', 'BEARER'])('are accepted after %s [SEC-007]', async scheme => {
    const { data } = await app.ask(`${scheme} ${await issued()}`)(WHO);

    expect(data).toEqual({ me: { id: app.tenant('northwind').userIds.OWNER } });
  });

  it('are accepted when another signer makes them exactly like ours, so that each refusal below has one reason [SEC-007]', async () => {
    expect((await app.ask(`Bearer ${await forged()}`)(WHO)).data).toBeTruthy();
  });

  it('end after ten minutes and say so [SEC-007]', async () => {
    const token = await issued();
    app.clock.advance(599_000);
    expect((await app.ask(`Bearer ${token}`)(WHO)).errors).toBeUndefined();
    app.clock.advance(7_000);

    const { status, data, errors } = await app.ask(`Bearer ${token}`)(WHO);

    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ message: 'The access token has expired: sign in again', extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('end after ten minutes whatever they say of their end [SEC-007]', async () => {
    const token = await forged({ claims: { iat: seconds() - 606, nbf: seconds() - 606, exp: seconds() + 3_600 } });

    expect((await app.ask(`Bearer ${token}`)(WHO)).status).toBe(401);
  });

  const jwk = () => foreign.publicKey.export({ format: 'jwk' });
  const pem = () => createPublicKey(privateKey()).export({ type: 'spki', format: 'pem' });
  const cases: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['not valid yet', () => forged({ claims: { nbf: seconds() + 60, iat: seconds() } })],
    ['issued in the future', () => forged({ claims: { iat: seconds() + 60 } })],
    ['signed by another key', () => forged({}, foreign.privateKey)],
    ['signed by another key under another id', () => forged({ header: { kid: 'another' } }, foreign.privateKey)],
    ['signed by a key that it brings itself', () => forged({ header: { jwk: jwk() } }, foreign.privateKey)],
    ['signed by a key that it points to', () => forged({ header: { jku: `${app.url}/.well-known/jwks.json` } }, foreign.privateKey)],
    ['signed by a certificate that it points to', () => forged({ header: { x5u: 'https://keys.example/cert.pem' } }, foreign.privateKey)],
    ['unsigned', async () => new UnsecuredJWT(decodeJwt(await issued())).encode()],
    ['unsigned under our header', async () => `${(await issued()).split('.').slice(0, 2).join('.')}.`],
    ['signed with our public key as a secret', () => forged({ header: { alg: 'HS256' } }, Buffer.from(pem()))],
    ['signed with PS256', () => forged({ header: { alg: 'PS256' } })],
    ['of the type of ID tokens', () => forged({ header: { typ: 'JWT' } })],
    ['of no type', () => forged({ header: { typ: undefined } })],
    ['for another audience', () => forged({ claims: { aud: 'another-api' } })],
    ['for no audience', () => forged({ claims: { aud: undefined } })],
    ['of another issuer', () => forged({ claims: { iss: 'https://payymo.example' } })],
    ...['iss', 'sub', 'tenant', 'scopes', 'iat', 'nbf', 'exp', 'jti', 'token_type'].map(
      claim => [`without ${claim}`, () => forged({ claims: { [claim]: undefined } })] as const,
    ),
    ['of the kind of refresh tokens', () => forged({ claims: { token_type: 'refresh' } })],
    ['for a tenant that is no UUID', () => forged({ claims: { tenant: `'; select 1; --` } })],
    ['with scopes that are no list', () => forged({ claims: { scopes: 'tenant:read' } })],
    ['with an extension that we do not know', () => forged({ header: { crit: ['exp-ext'], 'exp-ext': 1 } }).catch(() => 'a.b.c')],
    ['with an altered payload', async () => altered(await issued(), { tenant: randomUUID() })],
    ['cut short', async () => (await issued()).slice(0, -4)],
    ['garbage', () => 'not-a-token'],
    ['three dots', () => '...'],
    ['very long', async () => `${await issued()}${'A'.repeat(9_000)}`],
  ];

  it.each(cases)('are refused when %s [SEC-007] [SEC-017]', async (_what, token) => {
    const { status, headers, data, errors } = await app.ask(`Bearer ${await token()}`)(WHO);

    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ message: 'The access token is not valid', extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['Basic credentials', () => `Basic ${Buffer.from('owner:secret').toString('base64')}`],
    ['a token without a scheme', issued],
    ['a scheme without a token', () => 'Bearer '],
    ['two tokens in one header', async () => `Bearer ${await issued()}, Bearer ${await issued()}`],
    ['a token with a blank inside', async () => `Bearer ${(await issued()).replace('.', '. ')}`],
    ['nothing', () => ''],
  ])('do not come as %s [SEC-007] [SEC-017]', async (_what, header) => {
    const { status, data, errors } = await app.ask(await header())(WHO);

    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('do not come in two headers [SEC-007] [SEC-017]', async () => {
    const token = `Bearer ${await issued()}`;
    const headers = ['content-type', 'application/json', 'authorization', token, 'authorization', 'Bearer another'];

    const { status, body } = await rawRequest(`${app.url}/graphql`, { headers, body: JSON.stringify({ query: WHO }) });

    expect(status).toBe(401);
    expect(body).toContain('"UNAUTHENTICATED"');
  });

  it('are checked before anything else is looked at, also where nobody needs one [SEC-017]', async () => {
    const response = await fetch(`${app.url}/.well-known/jwks.json`, { headers: { authorization: 'Bearer not-a-token' } });

    expect(response.status).toBe(401);
  });
});

describe('the signing key', () => {
  const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

  it.each([
    ['an RSA key of 2048 bits', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), /at least 3072 bits/],
    ['an elliptic-curve key', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), /must be an RSA key/],
    ['an Ed25519 key', () => pemOf(generateKeyPairSync('ed25519').privateKey), /must be an RSA key/],
    ['an RSA-PSS key', () => pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 3072 }).privateKey), /must be an RSA key/],
    ['no key', () => 'a-secret-that-must-not-be-shown', /^PAYYMO_SIGNING_KEY is not a private key in PEM$/],
  ])('is refused at the start when it is %s, without being shown [SEC-007] [SEC-017]', async (_what, pem, message) => {
    await expect(signingKeys({ active: pem() })).rejects.toThrow(message);
  });
});

function altered(token: string, difference: Record<string, unknown>): string {
  const [header = '', , signature = ''] = token.split('.');
  return [header, Buffer.from(JSON.stringify({ ...decodeJwt(token), ...difference })).toString('base64url'), signature].join('.');
}
