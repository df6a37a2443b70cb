import { networkOf } from '../../../src/identity/sessions/network';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:12:34:56:78:9a:bc', '2001:db8:12::/48'],
    ['2001:0DB8:0012::1', '2001:db8:12::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
    ['1::', '1:0:0::/48'],
  ])('of %s is %s [SEC-021]', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each(['', 'localhost', '192.0.2', '192.0.2.256', '2001:db8', "'; drop table sessions"])('of %p is none [SEC-021]', address => {
    expect(networkOf(address)).toBeNull();
  });
});
