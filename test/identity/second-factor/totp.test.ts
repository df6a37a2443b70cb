import { randomBytes } from 'node:crypto';

import fc from 'fast-check';

import { decodeBase32, encodeBase32 } from '../../../src/identity/second-factor/base32';
import { delaySeconds } from '../../../src/identity/second-factor/failures';
import { newRecoveryCode, recoveryCodeHash } from '../../../src/identity/second-factor/recovery-code';
import { hotp, otpauthUri, stepAt, stepsOfCode } from '../../../src/identity/second-factor/totp';

const secrets = fc.uint8Array({ minLength: 20, maxLength: 20 });
/** From 1970 to 2200. */
const times = fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true });

describe('a one-time password', () => {
  it('is taken one step of 30 seconds before and after its own, and at no other time [SEC-011]', () => {
    fc.assert(
      fc.property(secrets, times, fc.integer({ min: -5, max: 5 }), (secret, time, offset) => {
        fc.pre(stepAt(time) > 5);
        const code = hotp(secret, stepAt(time) + offset);
        const known = [-1, 0, 1].map(near => stepAt(time) + near).filter(step => hotp(secret, step) === code);

        expect(stepsOfCode(secret, code, time)).toEqual(known);
        if (Math.abs(offset) <= 1) expect(known).toContain(stepAt(time) + offset);
      }),
    );
  });

  it.each([
    [0, true],
    [59_999, true],
    [60_000, false],
  ])('is good %i ms after its step began: %s [SEC-011]', (laterMs, good) => {
    const secret = randomBytes(20);
    const began = new Date('2026-11-22T12:00:00Z');
    const steps = stepsOfCode(secret, hotp(secret, stepAt(began)), new Date(began.getTime() + laterMs));

    expect(steps.includes(stepAt(began))).toBe(good);
  });

  it.each(['', '1', '12345', '1234567', '１２３４５６', 'abcdef'])('%p is none [SEC-011]', code => {
    expect(stepsOfCode(randomBytes(20), code, new Date())).toEqual([]);
  });

  it('keeps its leading zeros [SEC-011]', () => {
    const secret = Buffer.from('12345678901234567890');
    const codes = Array.from({ length: 200 }, (_, counter) => hotp(secret, counter));

    expect(codes.every(code => /^\d{6}$/.test(code))).toBe(true);
    expect(codes.some(code => code.startsWith('0'))).toBe(true);
  });
});

describe('a secret', () => {
  it('comes back from base 32 as it was [SEC-011]', () => {
    fc.assert(fc.property(secrets, secret => Buffer.compare(decodeBase32(encodeBase32(secret)), Buffer.from(secret)) === 0));
  });

  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('is written as RFC 4648, section 10, has it: %p [SEC-011]', (text, encoded) => {
    expect(encodeBase32(Buffer.from(text))).toBe(encoded);
    expect(decodeBase32(encoded).toString()).toBe(text);
  });

  it('of another alphabet is refused [SEC-011]', () => {
    expect(() => decodeBase32('MZXW1')).toThrow('Not base32');
  });

  it('goes into the app with the name of the account, whatever that contains [SEC-011]', () => {
    const uri = new URL(otpauthUri(Buffer.from('12345678901234567890'), 'a&b=c?+ü@northwind.example'));

    expect(`${uri.protocol}//${uri.host}`).toBe('otpauth://totp');
    expect(decodeURIComponent(uri.pathname)).toBe('/Payymo:a&b=c?+ü@northwind.example');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: 'Payymo',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

describe('a recovery code', () => {
  it('has 125 random bits in groups that can be read, and no two are alike [SEC-011]', () => {
    const codes = Array.from({ length: 1_000 }, newRecoveryCode);

    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(new Set(codes).size).toBe(1_000);
    expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
  });

  it('is known however it was typed [SEC-011]', () => {
    const hash = recoveryCodeHash('7K2QD-0M9XF-H3T8V-ZB4WN-6CRP1');

    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    for (const typed of ['7k2qd0m9xfh3t8vzb4wn6crp1', ' 7K2QD 0M9XF H3T8V ZB4WN 6CRP1 ', '7K2QD-OM9XF-H3T8V-ZB4WN-6CRPI', '7k2qd-om9xf-h3t8v-zb4wn-6crpl']) {
      expect(recoveryCodeHash(typed)).toBe(hash);
    }
  }); // prettier-ignore

  it.each(['', '7K2QD', '7K2QD-0M9XF-H3T8V-ZB4WN-6CRP', '7K2QD-0M9XF-H3T8V-ZB4WN-6CRP11', '7K2QD-0M9XF-H3T8V-ZB4WN-6CRPU'])(
    '%p is none [SEC-011]',
    typed => {
      expect(recoveryCodeHash(typed)).toBeNull();
    },
  );
});

describe('the delay after failures', () => {
  it('begins with the fifth, doubles, and ends at half an hour [SEC-011]', () => {
    const delays = Array.from({ length: 13 }, (_, failures) => delaySeconds(failures));

    expect(delays).toEqual([0, 0, 0, 0, 0, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
    expect(delaySeconds(1_000_000)).toBe(1_800);
  });
});
