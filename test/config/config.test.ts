import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ConfigError, loadConfig, loadOwnerUrl, loadPort, SECRET_VARIABLES } from '../../src/config/config';
import { anEnvironment, aProductionEnvironment } from './environment';

const faultsOf = (env: NodeJS.ProcessEnv): string => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('the configuration', () => {
  it('has defaults for all but the secrets and the database [ARC-007]', () => {
    expect(loadConfig(anEnvironment())).toEqual({
      environment: 'development',
      production: false,
      http: {
        ...{ host: '127.0.0.1', port: 4000, publicUrl: 'http://localhost:4000', appUrl: 'http://localhost:4000' },
        ...{ explorer: true, allowedOrigins: [], trustedProxies: [], tls: null, metricsToken: null },
      },
      database: { url: 'postgres://app:hunter2@db.example:5432/payymo', ownerUrl: undefined, workerUrl: undefined, pool: 10 },
      identity: { signingKeys: { next: undefined, active: 'a signing key', retiring: undefined }, trustedIssuers: [] },
      mail: { url: null, from: 'Payymo <no-reply@localhost>' },
      secrets: { encryptionKey: Buffer.alloc(32, 7) },
      gocardlessBankData: { baseUrl: 'https://bankaccountdata.gocardless.com/api/v2', secretId: 'an id', secretKey: 'a key' },
      logging: { level: 'info', format: 'json' },
    });
  });

  it('reads what is set [ARC-007]', () => {
    const config = loadConfig(
      anEnvironment({ PAYYMO_PORT: '8080', PAYYMO_ALLOWED_ORIGINS: ' https://a.example , ,https://b.example', DATABASE_POOL: '3', LOG_FORMAT: 'pretty' }),
    ); // prettier-ignore

    expect(config).toMatchObject({
      http: { port: 8080, publicUrl: 'http://localhost:8080', allowedOrigins: ['https://a.example', 'https://b.example'] },
      database: { pool: 3 },
      logging: { format: 'pretty' },
    });
  });

  it('takes TLS with both its halves, then also in its own address, and neither half alone [SEC-022]', () => {
    const both = { PAYYMO_TLS_CERTIFICATE: 'a certificate', PAYYMO_TLS_KEY: 'its key' };

    expect(loadConfig(anEnvironment(both)).http).toMatchObject({
      tls: { certificate: 'a certificate', key: 'its key' },
      publicUrl: 'https://localhost:4000',
    });
    expect(faultsOf(anEnvironment({ ...both, PAYYMO_TLS_KEY: '' }))).toContain('PAYYMO_TLS_KEY: is missing');
    expect(faultsOf(anEnvironment({ ...both, PAYYMO_TLS_CERTIFICATE: '' }))).toContain('PAYYMO_TLS_CERTIFICATE: is missing');
  });

  it('takes an origin alone for its public address, without the slash at its end [ARC-007] [API-007]', () => {
    const publicUrlOf = (url: string) => loadConfig(anEnvironment({ PAYYMO_PUBLIC_URL: url })).http.publicUrl;

    expect(publicUrlOf('https://payymo.example/')).toBe('https://payymo.example');
    expect(publicUrlOf('https://Payymo.example:443')).toBe('https://payymo.example');
    expect(publicUrlOf('http://127.0.0.1:4000')).toBe('http://127.0.0.1:4000');
  });

  it.each(['/api', '//', '/?a=1', '?', '#top'])('refuses a public address with %s behind the host [ARC-007]', rest => {
    expect(faultsOf(anEnvironment({ PAYYMO_PUBLIC_URL: `https://payymo.example${rest}` }))).toContain(
      'PAYYMO_PUBLIC_URL: must be an origin',
    );
  });

  it('refuses a public address with credentials, and names it beside other faults [ARC-007]', () => {
    const faults = faultsOf(anEnvironment({ PAYYMO_PUBLIC_URL: 'https://leak-1:leak-2@payymo.example', DATABASE_POOL: '0' }));

    expect(faults).toContain('PAYYMO_PUBLIC_URL: must be an origin');
    expect(faults).toContain('DATABASE_POOL');
    expect(faults).not.toContain('leak');
  });

  it('takes an empty variable as one that is not set [ARC-007]', () => {
    expect(loadConfig(anEnvironment({ PAYYMO_PORT: '', PAYYMO_PUBLIC_URL: '', LOG_LEVEL: '' }))).toEqual(loadConfig(anEnvironment()));
    expect(faultsOf(anEnvironment({ PAYYMO_SIGNING_KEY: '' }))).toContain('PAYYMO_SIGNING_KEY: is missing');
  });

  it('names every fault at once, and never a value [ARC-007]', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      DATABASE_URL: 'mysql://leak-1@db/payymo',
      DATABASE_POOL: '9999',
      PAYYMO_PORT: 'leak-2',
      PAYYMO_PUBLIC_URL: 'http://leak-3.example',
      PAYYMO_EXPLORER: 'leak-4',
      PAYYMO_ENCRYPTION_KEY: Buffer.from('leak-5').toString('base64'),
      GOCARDLESS_BANK_DATA_URL: 'http://127.0.0.1:9000/leak-6',
      GOCARDLESS_BANK_DATA_SECRET_ID: 'leak-7',
      LOG_LEVEL: 'leak-8',
    });

    expect([...faults.matchAll(/^ {2}- (\w+): /gm)].map(([, name]) => name).sort()).toEqual([
      'DATABASE_POOL',
      'DATABASE_URL',
      'GOCARDLESS_BANK_DATA_SECRET_KEY',
      'GOCARDLESS_BANK_DATA_URL',
      'LOG_LEVEL',
      'PAYYMO_ENCRYPTION_KEY',
      'PAYYMO_EXPLORER',
      'PAYYMO_PORT',
      'PAYYMO_PUBLIC_URL',
      'PAYYMO_SIGNING_KEY',
    ]);
    expect(faults).not.toMatch(/leak|9999|bGVhay01/);
  });

  it.each(['c2hvcnQ=', 'not base64!', Buffer.alloc(33).toString('base64')])('refuses the encryption key %j [ARC-007]', key => {
    expect(faultsOf(anEnvironment({ PAYYMO_ENCRYPTION_KEY: key }))).toContain('PAYYMO_ENCRYPTION_KEY: must be 32 bytes in base64');
  });

  it('cannot be changed, groups and lists included [ARC-007]', () => {
    const config = loadConfig(anEnvironment({ PAYYMO_ALLOWED_ORIGINS: 'https://a.example' }));

    const parts = [
      config,
      config.http,
      config.http.allowedOrigins,
      config.database,
      config.secrets,
      config.gocardlessBankData,
      config.logging,
    ];
    expect(parts.map(part => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });
});

describe('in production', () => {
  it('starts with https addresses, and without the explorer [ARC-007]', () => {
    expect(loadConfig(aProductionEnvironment())).toMatchObject({ production: true, http: { explorer: false } });
  });

  it.each([
    'http://127.0.0.1:9000/api/v2',
    'https://localhost:9000',
    'https://127.1.2.3',
    'https://[::1]:9000',
    'https://bank.localhost',
    'http://bank.example',
  ])('refuses the bank data server %s: it is a sandbox or unencrypted [ARC-006] [ARC-007]', url => {
    expect(faultsOf(aProductionEnvironment({ GOCARDLESS_BANK_DATA_URL: url }))).toContain(
      'GOCARDLESS_BANK_DATA_URL: production cannot use a sandbox',
    );
  });

  it.each([undefined, 'http://api.payymo.example', 'https://localhost'])('refuses the public URL %s [ARC-007]', url => {
    expect(faultsOf(aProductionEnvironment({ PAYYMO_PUBLIC_URL: url }))).toContain('PAYYMO_PUBLIC_URL: production needs an https URL');
  });

  it('lets development use a sandbox [ARC-007]', () => {
    expect(faultsOf(anEnvironment({ GOCARDLESS_BANK_DATA_URL: 'http://127.0.0.1:9000' }))).toBe('');
  });
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'payymo-config-'));
  const file = path.join(folder, 'secret');
  afterAll(() => { rmSync(folder, { recursive: true }); }); // prettier-ignore

  it.each(SECRET_VARIABLES)('is read for %s, without its line end, and wins over the variable [ARC-007]', name => {
    const urls: Record<string, string> = { PAYYMO_SMTP_URL: 'smtps://file@mail', DATABASE: 'postgres://file@db/payymo' };
    const value = urls[name.replace(/^DATABASE.*/, 'DATABASE')] ?? Buffer.alloc(32, 1).toString('base64');
    const before = { PAYYMO_TLS_CERTIFICATE: 'a certificate', PAYYMO_TLS_KEY: 'its key' };
    writeFileSync(file, `${value}\n`);

    const fromFile = loadConfig(anEnvironment({ ...before, [`${name}_FILE`]: file }));

    expect(JSON.stringify(fromFile)).toBe(JSON.stringify(loadConfig(anEnvironment({ ...before, [name]: value }))));
    expect(JSON.stringify(fromFile)).not.toBe(JSON.stringify(loadConfig(anEnvironment(before))));
  });

  it('that cannot be read is a fault that does not tell the path [ARC-007]', () => {
    const faults = faultsOf(anEnvironment({ PAYYMO_SIGNING_KEY_FILE: path.join(folder, 'nowhere') }));

    expect(faults).toContain('PAYYMO_SIGNING_KEY_FILE: the file cannot be read');
    expect(faults).not.toContain('nowhere');
  });

  it('is not read for a variable that is no secret [ARC-007]', () => {
    expect(loadConfig(anEnvironment({ PAYYMO_HOST_FILE: file })).http.host).toBe('127.0.0.1');
  });
});

describe('single settings', () => {
  it('gives migrations the owner, and nothing else is asked for [ARC-007]', () => {
    expect(loadOwnerUrl({ DATABASE_OWNER_URL: 'postgres://owner@db/payymo' })).toBe('postgres://owner@db/payymo');
    expect(() => loadOwnerUrl({})).toThrow(ConfigError);
    expect(() => loadOwnerUrl({ DATABASE_OWNER_URL: 'mysql://owner@db/payymo' })).toThrow(/^(?!.*mysql)/);
    expect(() => loadOwnerUrl({ DATABASE_OWNER_URL_FILE: '/nowhere/at/all', DATABASE_OWNER_URL: 'postgres://owner@db/payymo' })).toThrow(
      ConfigError,
    );
  });

  it('gives the demo its port [ARC-007]', () => {
    expect(loadPort({})).toBe(4000);
    expect(loadPort({ PAYYMO_PORT: '' })).toBe(4000);
    expect(loadPort({ PAYYMO_PORT: '5000' })).toBe(5000);
    expect(() => loadPort({ PAYYMO_PORT: '70000' })).toThrow(ConfigError);
  });
});
