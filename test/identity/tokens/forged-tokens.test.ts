import { createPublicKey, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { apiClientIds } from '../../../src/identity/ids';
import { type Parts, partsOf, reSigned, signTexts, signWithSecret, textsOf, aToken } from '../../support/forge';
import { settings } from '../../support/settings';
import { startTokenServer, type TokenServer } from '../../support/token-server';

type Forge = (token: string) => string;

const b64 = (text: string | Buffer): string => Buffer.from(text).toString('base64url');
const alike =
  (header: Parts['header'], claims: Parts['claims'] = {}): Forge =>
  token =>
    reSigned(token, { header, claims });
const claims =
  (difference: (current: Parts['claims']) => Parts['claims']): Forge =>
  token =>
    reSigned(token, { claims: difference(partsOf(token).claims) });
const number = (claims_: Parts['claims'], name: string): number => Number(claims_[name]);
/** Writes a claim in another way; the value itself may be the same. */
const written = (name: string, as: (value: string) => string): Forge => token => {
  const texts = textsOf(token);
  return signTexts(texts.header, texts.claims.replace(new RegExp(`"${name}":("[^"]*"|[^,}]+)`), (_all, value: string) => `"${name}":${as(value)}`));
}; // prettier-ignore

describe('a forged access token', () => {
  let server: TokenServer;
  let elsewhere: Server;
  let elsewhereUrl: string;
  let hits = 0;
  let token: string;
  beforeAll(async () => {
    server = await startTokenServer();
    token = await aToken(server.tokens);
    elsewhere = createServer((_request, response) => {
      hits += 1;
      response.end(JSON.stringify(server.keys.jwks));
    });
    await new Promise<void>(done => elsewhere.listen(0, '127.0.0.1', done));
    elsewhereUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`;
  });
  afterAll(async () => {
    elsewhere.close();
    await server.close();
  });

  const ownKid = () => server.keys.kid;
  const foreign = generateKeyPairSync('rsa', { modulusLength: 3072, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }); // prettier-ignore
  const publicPem = () => createPublicKey(settings().signingKey).export({ type: 'spki', format: 'pem' });
  const publicDer = () => createPublicKey(settings().signingKey).export({ type: 'spki', format: 'der' });
  const pss = (token: string, alg: string): string => {
    const parts = partsOf(token);
    const input = `${b64(JSON.stringify({ ...parts.header, alg }))}.${b64(JSON.stringify(parts.claims))}`;
    const signature = createSign('sha256').update(input).sign({ key: settings().signingKey, padding: 6, saltLength: 32 });
    return `${input}.${signature.toString('base64url')}`;
  };
  const rsa =
    (hash: string, alg: string): Forge =>
    token => {
      const parts = partsOf(token);
      const input = `${b64(JSON.stringify({ ...parts.header, alg }))}.${b64(JSON.stringify(parts.claims))}`;
      return `${input}.${createSign(hash).update(input).sign(settings().signingKey).toString('base64url')}`;
    };
  const withSecret =
    (secret: () => string | Buffer, header: Parts['header'] = {}): Forge =>
    token => {
      const parts = partsOf(token);
      return signWithSecret({ ...parts.header, alg: 'HS256', ...header }, parts.claims, secret());
    };
  const foreignJwk = () => createPublicKey(foreign.publicKey).export({ format: 'jwk' });

  it('is like ours in all but the one difference: made without one, it is accepted [SEC-007]', async () => {
    expect((await server.askAs(`Bearer ${reSigned(token, {})}`)).status).toBe(200);
    expect((await server.askAs(`Bearer ${written('exp', value => value)(token)}`)).status).toBe(200);
    expect((await server.askAs(`Bearer ${rsa('sha256', 'RS256')(token)}`)).status).toBe(200);
  });

  const signatures: readonly (readonly [string, Forge])[] = [
    ...['none', 'None', 'NONE', 'nOnE', ''].map(alg => [
      `without a signature under alg ${alg}`,
      (token: string) => `${b64(JSON.stringify({ ...partsOf(token).header, alg }))}.${token.split('.')[1] ?? ''}.`,
    ] as const),
    ['under alg none with the old signature', token => [b64(JSON.stringify({ ...partsOf(token).header, alg: 'none' })), ...token.split('.').slice(1)].join('.')],
    ['under alg none with a signature of ours', alike({ alg: 'none' })],
    ['with HS256 and our public key in PEM', withSecret(publicPem)],
    ['with HS256 and our public key in PEM without its line end', withSecret(() => publicPem().toString().trim())],
    ['with HS256 and our public key in DER', withSecret(publicDer)],
    ['with HS256 and the modulus', withSecret(() => String(server.keys.jwks.keys[0]?.n))],
    ['with HS256 and an empty secret', withSecret(() => '')],
    ['with HS256 under alg RS256', withSecret(publicPem, { alg: 'RS256' })],
    ['with PS256 and our key', token => pss(token, 'PS256')],
    ['with PS256 under alg RS256', token => pss(token, 'RS256')],
    ['with RS256 under alg PS256', alike({ alg: 'PS256' })],
    ['with RS384', rsa('sha384', 'RS384')],
    ['with RS512 under alg RS256', rsa('sha512', 'RS256')],
    ['with SHA-1 under alg RS256', rsa('sha1', 'RS256')],
    ['under alg ES256', alike({ alg: 'ES256' })],
    ['under alg rs256', alike({ alg: 'rs256' })],
    ['without alg', alike({ alg: undefined })],
    ['under an alg that is a list', alike({ alg: ['RS256'] })],
    ['by another key', token => reSigned(token, {}, foreign.privateKey)],
    ['by another key, which it brings', token => reSigned(token, { header: { jwk: foreignJwk() } }, foreign.privateKey)],
    ['by our key, which it brings', alike({ jwk: createPublicKey(settings().signingKey).export({ format: 'jwk' }) })],
    ['by another key, with jku', token => reSigned(token, { header: { jku: elsewhereUrl } }, foreign.privateKey)],
    ['by our key, with jku', token => reSigned(token, { header: { jku: elsewhereUrl } })],
    ['with x5u', token => reSigned(token, { header: { x5u: elsewhereUrl } })],
    ['with a kid that is a URL', token => reSigned(token, { header: { kid: elsewhereUrl } })],
    ['with x5c', alike({ x5c: ['MIIB'] })],
    ['with x5t#S256', alike({ 'x5t#S256': 'A'.repeat(43) })],
    ['with crit', alike({ crit: ['exp'] })],
    ['with empty crit', alike({ crit: [] })],
    ['with b64 false', alike({ b64: false, crit: ['b64'] })],
    ['with b64 true', alike({ b64: true })],
    ['with zip', alike({ zip: 'DEF' })],
    ['with cty', alike({ cty: 'JWT' })],
    ['with iss in the header', alike({ iss: 'https://evil.example' })],
    ['with an unknown header member', alike({ x: 1 })],
  ]; // prettier-ignore

  const kids: readonly (readonly [string, Forge])[] = [
    ['without kid', alike({ kid: undefined })],
    ['with an empty kid', alike({ kid: '' })],
    ['with another kid', alike({ kid: randomUUID() })],
    ['with a kid in another case', token => reSigned(token, { header: { kid: ownKid().toUpperCase() } })],
    ['with a kid and a blank', token => reSigned(token, { header: { kid: `${ownKid()} ` } })],
    ['with a kid that is a list', token => reSigned(token, { header: { kid: [ownKid()] } })],
    ['with a kid that is a number', alike({ kid: 0 })],
    ['with a kid of null', alike({ kid: null })],
    ...['../../../../dev/null', '/dev/null', "' or '1'='1", '__proto__', 'constructor', '\u0000', '0'].map(
      kid => [`with the kid ${JSON.stringify(kid)}`, alike({ kid })] as const,
    ),
  ];

  const kinds: readonly (readonly [string, Forge])[] = [
    ...['JWT', 'jwt', 'id+jwt', 'rt+jwt', 'mfa+jwt', 'dpop+jwt', 'logout+jwt', 'application/at+jwt', 'AT+JWT', 'at+jwt ', ''].map(
      typ => [`of the type ${JSON.stringify(typ)}`, alike({ typ })] as const,
    ),
    ['of no type', alike({ typ: undefined })],
    ['of a type that is a list', alike({ typ: ['at+jwt'] })],
    ['of the kind refresh', alike({}, { token_type: 'refresh' })],
    ['of the kind Access', alike({}, { token_type: 'Access' })],
    ['for another audience', alike({}, { aud: 'another-api' })],
    ['for the audience of refresh tokens', alike({}, { aud: 'payymo-refresh' })],
    ['for several audiences', alike({}, { aud: ['payymo-api', 'another-api'] })],
    ['for our audience in a list', alike({}, { aud: ['payymo-api'] })],
    ['for an empty list of audiences', alike({}, { aud: [] })],
    ['for our audience in another case', alike({}, { aud: 'Payymo-API' })],
    ['of another issuer', alike({}, { iss: 'https://evil.example' })],
    ['of our issuer with a slash', token => reSigned(token, { claims: { iss: `${server.url}/` } })],
    ['of our issuer in another case', token => reSigned(token, { claims: { iss: server.url.toUpperCase() } })],
    ['of our issuer with a user', token => reSigned(token, { claims: { iss: server.url.replace('//', '//evil@') } })],
    ['of our issuer in a list', token => reSigned(token, { claims: { iss: [server.url] } })],
    ['of the issuer __proto__', alike({}, { iss: '__proto__' })],
  ];

  const times: readonly (readonly [string, Forge])[] = [
    ['that is not valid for another minute', claims(({ nbf }) => ({ nbf: Number(nbf) + 60 }))],
    ['issued in the future', claims(({ iat, nbf, exp }) => ({ iat: Number(iat) + 60, nbf: Number(nbf) + 60, exp: Number(exp) + 60 }))],
    ['issued more than the tolerance ahead', claims(({ iat }) => ({ iat: Number(iat) + 7, nbf: Number(iat) + 7 }))],
    ['that expired', claims(({ iat }) => ({ iat: Number(iat) - 306, nbf: Number(iat) - 306, exp: Number(iat) - 6 }))],
    ['that lasts a second too long', claims(({ exp }) => ({ exp: Number(exp) + 1 }))],
    ['that lasts for ever', claims(() => ({ exp: 253_402_300_799 }))],
    ['that ends before it begins', claims(({ iat }) => ({ exp: Number(iat) - 1 }))],
    ['that ends when it begins', claims(({ iat }) => ({ exp: Number(iat) }))],
    ['that may be used when it is over', claims(({ exp }) => ({ nbf: Number(exp) }))],
    ...['exp', 'iat', 'nbf'].flatMap(name => [
      [`without ${name}`, alike({}, { [name]: undefined })] as const,
      [`with ${name} as text`, claims(current => ({ [name]: String(current[name]) }))] as const,
      [`with ${name} of a half`, claims(current => ({ [name]: number(current, name) - 0.5 }))] as const,
      [`with ${name} as a list`, claims(current => ({ [name]: [current[name]] }))] as const,
      [`with a negative ${name}`, claims(current => ({ [name]: -number(current, name) }))] as const,
      [`with ${name} of null`, alike({}, { [name]: null })] as const,
      [`with ${name} of true`, alike({}, { [name]: true })] as const,
      [`with ${name} beyond numbers`, written(name, () => '1e400')] as const,
      [`with a huge ${name}`, alike({}, { [name]: Number.MAX_SAFE_INTEGER })] as const,
      [`with ${name} in milliseconds`, claims(current => ({ [name]: number(current, name) * 1000 }))] as const,
    ]),
    ...['exp', 'iat', 'nbf'].flatMap(name => [
      [`with ${name} written as a float`, written(name, value => `${value}.0`)] as const,
      [`with ${name} written with an exponent`, written(name, value => `${value}e0`)] as const,
    ]),
  ]; // prettier-ignore

  const members: readonly (readonly [string, Forge])[] = [
    ...['iss', 'aud', 'sub', 'client_id', 'tenant', 'scopes', 'sid', 'sv', 'jti', 'token_type'].flatMap(name => [
      [`without ${name}`, alike({}, { [name]: undefined })] as const,
      [`with ${name} of null`, alike({}, { [name]: null })] as const,
      [`with ${name} of an object`, alike({}, { [name]: {} })] as const,
      [`with an empty ${name}`, alike({}, { [name]: '' })] as const,
    ]),
    ...['sub', 'tenant', 'sid', 'jti'].flatMap(name => [
      [`with ${name} that is no UUID`, alike({}, { [name]: 'owner' })] as const,
      [`with ${name} of SQL`, alike({}, { [name]: `${randomUUID()}'; select 1; --` })] as const,
      [`with ${name} in upper case`, claims(current => ({ [name]: String(current[name]).toUpperCase().replace(/^.{8}/, 'ABCDEFAB') }))] as const,
      [`with ${name} as a list`, claims(current => ({ [name]: [current[name]] }))] as const,
      [`with ${name} and a line end`, claims(current => ({ [name]: `${String(current[name])}\n` }))] as const,
    ]),
    ['with scopes as text', alike({}, { scopes: 'tenant:read' })],
    ['with scopes of numbers', alike({}, { scopes: [1] })],
    ['with nested scopes', alike({}, { scopes: [['tenant:read']] })],
    ['with a scope that is none', alike({}, { scopes: ['*'] })],
    ['with very many scopes', alike({}, { scopes: Array.from({ length: 101 }, (_, at) => `a:${'b'.repeat(at + 1)}`) })],
    ['with a session version of a half', alike({}, { sv: 0.5 })],
    ['with a negative session version', alike({}, { sv: -1 })],
    ['with a session version as text', alike({}, { sv: '1' })],
    ['of a client that names another', alike({}, { client_id: apiClientIds.encode(randomUUID()) })],
    ['of a client by its row id', claims(({ sub }) => ({ client_id: sub }))],
    ['with an unknown amr', alike({}, { amr: ['admin'] })],
    ['with amr as text', alike({}, { amr: 'mfa' })],
    ['with auth_time as text', alike({}, { auth_time: '1' })],
    ['bound to nothing', alike({}, { cnf: {} })],
    ['bound to null', alike({}, { cnf: null })],
    ['bound to a key that it brings', alike({}, { cnf: { jwk: foreignJwk() } })],
    ['bound to two keys', alike({}, { cnf: { jkt: 'A'.repeat(43), 'x5t#S256': 'A'.repeat(43) } })],
    ['bound to an empty thumbprint', alike({}, { cnf: { jkt: '' } })],
    ['with a claim that is not ours', alike({}, { role: 'OWNER' })],
  ]; // prettier-ignore

  const check = async (forge: Forge): Promise<void> => {
    const checked = server.checked.length;
    const { status, challenge, body } = await server.askAs(`Bearer ${forge(token)}`);

    expect(server.checked).toHaveLength(checked);
    expect({ status, body }).toEqual({ status: 401, body: expect.stringContaining('"code":"UNAUTHENTICATED"') as string });
    const expired = body.includes('expired') ? ', error_description="The access token expired"' : '';
    expect(challenge).toBe(`Bearer error="invalid_token"${expired}`);
  };

  it.each(signatures)('is refused when signed %s [SEC-007] [SEC-017]', (_what, forge) => check(forge));
  it.each(kids)('is refused %s [SEC-007] [SEC-017]', (_what, forge) => check(forge));
  it.each(kinds)('is refused when it is %s [SEC-007] [SEC-017]', (_what, forge) => check(forge));
  it.each(times)('is refused when it is one %s [SEC-007] [SEC-017]', (_what, forge) => check(forge));
  it.each(members)('is refused when it is one %s [SEC-007] [SEC-017]', (_what, forge) => check(forge));

  it('makes us fetch nothing, wherever it says that keys are [SEC-007]', () => {
    expect(hits).toBe(0);
  });
});
