import { connect } from 'node:tls';

import { aCertificate, type TestCertificate } from '../../support/certificates';
import { aDpopClient } from '../../support/dpop';
import { aToken } from '../../support/forge';
import { startTokenServer, type TokenServer } from '../../support/token-server';

describe('a client certificate', () => {
  let server: TokenServer;
  let own: TestCertificate;
  let partner: TestCertificate;
  let another: TestCertificate;
  let token: string;
  beforeAll(async () => {
    [own, partner, another] = await Promise.all([aCertificate('localhost'), aCertificate('partner'), aCertificate('another')]);
    const environment = { PAYYMO_TLS_CERTIFICATE: own.certificate, PAYYMO_TLS_KEY: own.key, PAYYMO_PUBLIC_URL: 'https://payymo.example' };
    server = await startTokenServer({ environment });
    token = await aToken(server.tokens, { confirmation: { 'x5t#S256': partner.thumbprint } });
  });
  afterAll(() => server.close());

  const shown = ({ certificate, key }: TestCertificate) => ({ cert: certificate, key });
  const bearer = (scheme = 'Bearer') => ['authorization', `${scheme} ${token}`];

  it('shows who a caller is by its thumbprint, also when it is self-signed [SEC-008]', async () => {
    const { who } = await server.ask({ tls: shown(partner) });

    expect(who).toEqual({ principal: null, proof: { kind: 'MTLS', thumbprint: partner.thumbprint } });
  });

  it('is not asked of those who have none [SEC-008]', async () => {
    expect((await server.ask()).who).toEqual({ principal: null, proof: null });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('lets its holder use the token that is bound to it, over %s [SEC-008]', async version => {
    const tls = { ...shown(partner), minVersion: version, maxVersion: version };

    expect((await server.ask({ headers: bearer(), tls })).status).toBe(200);
  });

  it('lets nobody else use that token: not without one, not with another, not after DPoP [SEC-007] [SEC-008]', async () => {
    const client = await aDpopClient(server.clock);
    const proof = await client.proof({ url: 'https://payymo.example/who', accessToken: token });
    const refused = { status: 401, challenge: 'Bearer error="invalid_token"' };

    expect(await server.ask({ headers: bearer() })).toMatchObject(refused);
    expect(await server.ask({ headers: bearer(), tls: shown(another) })).toMatchObject(refused);
    expect(await server.ask({ headers: [...bearer('DPoP'), 'dpop', proof], tls: shown(partner) })).toMatchObject({ status: 401 });
  });

  it('does not stand for the DPoP key that a token is bound to [SEC-008]', async () => {
    const client = await aDpopClient(server.clock);
    const bound = await aToken(server.tokens, { confirmation: { jkt: client.jkt } });

    expect((await server.askAs(`DPoP ${bound}`)).status).toBe(401);
    expect((await server.ask({ headers: ['authorization', `DPoP ${bound}`], tls: shown(partner) })).status).toBe(401);
  });

  it('in a header is none: only the handshake proves its key [SEC-008]', async () => {
    const headers = [
      'x-client-cert',
      encodeURIComponent(partner.certificate),
      'x-ssl-client-cert',
      partner.certificate.replaceAll('\n', ' '),
    ];

    expect((await server.ask({ headers })).who?.proof).toBeNull();
    expect((await server.ask({ headers: [...headers, ...bearer()] })).status).toBe(401);
  });

  it('of a proxy that is trusted is not its clients’: it proves nothing for them, forwarded or not [SEC-007] [SEC-008]', async () => {
    const environment = { PAYYMO_TLS_CERTIFICATE: own.certificate, PAYYMO_TLS_KEY: own.key, PAYYMO_PUBLIC_URL: 'https://payymo.example' };
    const behind = async (proxies: string) =>
      startTokenServer({ environment: { ...environment, PAYYMO_TRUSTED_PROXIES: proxies }, sibling: server });
    const [trusting, other] = await Promise.all([behind('10.0.0.1, 127.0.0.0/8'), behind('10.0.0.1')]);
    const forwarded = ['x-forwarded-for', '192.0.2.7'];

    for (const headers of [[], forwarded]) {
      expect((await trusting.ask({ headers, tls: shown(partner) })).who?.proof).toBeNull();
      expect((await trusting.ask({ headers: [...headers, ...bearer()], tls: shown(partner) })).status).toBe(401);
      expect((await other.ask({ headers, tls: shown(partner) })).who?.proof).toMatchObject({ kind: 'MTLS' });
    }
    await Promise.all([trusting.close(), other.close()]);
  });

  it('counts before a DPoP proof, whose faults count as well [SEC-008]', async () => {
    const client = await aDpopClient(server.clock);
    const proof = (url: string) => client.proof({ url });

    const good = await server.ask({ headers: ['dpop', await proof('https://payymo.example/who')], tls: shown(partner) });
    const bad = await server.ask({ headers: ['dpop', await proof('https://evil.example/who')], tls: shown(partner) });

    expect(good.who?.proof).toEqual({ kind: 'MTLS', thumbprint: partner.thumbprint });
    expect(bad.status).toBe(401);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('does not travel over %s, which is refused [SEC-022]', async version => {
    const { hostname, port } = server.listening;
    const options = {
      host: hostname,
      port: Number(port),
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    };

    await expect(new Promise((resolve, reject) => connect(options, () => { resolve('connected'); }).on('error', reject))).rejects.toThrow(/protocol version|unsupported protocol/); // prettier-ignore
  });
});
