import { fetchPublicJson, isFetchable, isPublicAddress } from '../../../src/identity/clients/public-json';
import { aKeyServer, type KeyServer } from '../../support/key-server';

const PRODUCTION = { loopbackAllowed: false };
const DEVELOPMENT = { loopbackAllowed: true };

describe('addresses', () => {
  it.each([
    '0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1',
    '192.168.1.1', '198.18.0.1', '203.0.113.5', '224.0.0.1', '240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1',
    '::ffff:8.8.8.8', '64:ff9b::7f00:1', 'fc00::1', 'fd00::1', 'fe80::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1',
    'localhost', '', '1.2.3',
  ])('%s is not public [SEC-022]', address => {
    expect(isPublicAddress(address)).toBe(false);
  }); // prettier-ignore

  it.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '192.167.1.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s is public [SEC-022]',
    address => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe("a partner's URL", () => {
  const may = (url: string, options = PRODUCTION) => isFetchable(new URL(url), options);

  it.each(['https://partner.example/keys', 'https://partner.example:8443/keys?x=1', 'https://1.1.1.1/keys'])('may be %s [SEC-022]', url => {
    expect(may(url)).toBe(true);
  });

  it.each([
    'http://partner.example/keys', 'ftp://partner.example/', 'file:///etc/passwd', 'https://user@partner.example/', 'https://partner.example/#a',
    'https://127.0.0.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://0x7f.1/', 'https://2130706433/', 'https://169.254.169.254/',
    'http://127.0.0.1/', 'http://localhost/',
  ])('may not be %s [SEC-022]', url => {
    expect(may(url)).toBe(false);
  }); // prettier-ignore

  it('may be on this machine in development alone [SEC-022]', () => {
    expect([may('http://127.0.0.1:1/keys', DEVELOPMENT), may('http://localhost:1/keys', DEVELOPMENT)]).toEqual([true, true]);
    expect([may('http://10.0.0.1/', DEVELOPMENT), may('ftp://localhost/', DEVELOPMENT)]).toEqual([false, false]);
  });
});

describe('fetching from it', () => {
  let server: KeyServer;
  beforeAll(async () => {
    server = await aKeyServer();
    server.serve({ keys: [] });
  });
  afterAll(() => server.close());

  const fetched = (url: string, options = DEVELOPMENT) => fetchPublicJson(new URL(url), options);
  const port = () => new URL(server.url).port;

  it('gives its JSON [API-007]', async () => {
    expect(await fetched(`${server.url}/keys`)).toEqual({ keys: [] });
  });

  it('calls nobody whose name leads to this machine, whatever the name looks like [SEC-022]', async () => {
    const before = server.asked;

    await expect(fetched(`https://localhost:${port()}/keys`, PRODUCTION)).rejects.toThrow('not public');
    await expect(fetched(`https://127.0.0.1:${port()}/keys`, PRODUCTION)).rejects.toThrow('may not be fetched');
    expect(server.asked).toBe(before);
  });

  it('follows no redirect [SEC-022]', async () => {
    server.answer({ status: 302, location: `${server.url}/other` });
    const before = server.asked;

    await expect(fetched(`${server.url}/keys`)).rejects.toThrow('302');
    expect(server.asked).toBe(before + 1);
  });

  it('reads no more than 64 KB [SEC-022]', async () => {
    server.answer({ body: JSON.stringify({ keys: 'x'.repeat(70_000) }) });

    await expect(fetched(`${server.url}/keys`)).rejects.toThrow('too large');
  });
});
