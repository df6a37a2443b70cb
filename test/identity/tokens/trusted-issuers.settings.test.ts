import { TrustedIssuers } from '../../../src/identity/tokens/trusted-issuers';
import { TestClock } from '../../support/clock';

describe('trusted issuers', () => {
  const trusted = {
    issuer: 'https://id.example',
    jwksUrl: 'https://id.example/keys',
    audience: 'a',
    tenantClaim: 'org',
    roleClaim: 'role',
  };
  const start = (issuers: readonly (typeof trusted)[], difference: { ownIssuer?: string; production?: boolean } = {}) =>
    new TrustedIssuers(issuers, {
      ...{ database: { callUntenanted: () => Promise.resolve([]) }, clock: new TestClock(), ownIssuer: 'https://payymo.example' },
      ...{ production: false, ...difference },
    });
  const local = { ...trusted, issuer: 'http://127.0.0.1:1', jwksUrl: 'http://127.0.0.1:1/keys' };

  it.each([
    ['are reached without TLS', [{ ...trusted, jwksUrl: 'http://id.example/keys' }], {}, 'must be an https URL'],
    ['are named without TLS', [{ ...trusted, issuer: 'http://id.example' }], {}, 'must be an https URL'],
    ['are on this machine in production', [local], { production: true }, 'must be an https URL'],
    ['stand there twice', [trusted, { ...trusted, audience: 'b' }], {}, 'stands there twice'],
    ['are ourselves', [trusted], { ownIssuer: 'https://id.example' }, 'is Payymo itself'],
  ])('are refused at the start when they %s [SEC-007] [SEC-017]', (_what, issuers, difference, message) => {
    expect(() => start(issuers, difference)).toThrow(message);
  });

  it('are found by their exact name, and on this machine outside of production [SEC-007]', () => {
    const issuers = start([trusted, local]);

    expect(issuers.find('https://id.example')).toBeDefined();
    expect(issuers.find('http://127.0.0.1:1')).toBeDefined();
    for (const other of ['https://id.example/', 'https://ID.example', '__proto__', undefined, ['https://id.example']]) {
      expect(issuers.find(other)).toBeUndefined();
    }
  });
});
