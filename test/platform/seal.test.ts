import fc from 'fast-check';

import { Seal, type SealedPlace } from '../../src/platform/crypto/seal';

const place: SealedPlace = { tenantId: 't-1', table: 'installations', column: 'sealed_credentials', rowId: 'r-1' };
const seal = new Seal(Buffer.alloc(32, 3));

/** The sealed text with one byte of its content flipped. */
function flipped(sealed: string, at: number): string {
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return `v1.${bytes.toString('base64url')}`;
}

describe('sealed values', () => {
  it('open where they were sealed [SEC-013]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), plain => {
        expect(seal.open(seal.seal(plain, place), place)).toBe(plain);
      }),
    );
  });

  it('differ each time, and tell nothing of their content [SEC-013]', () => {
    const sealed = [seal.seal('secret', place), seal.seal('secret', place)];

    expect(new Set(sealed).size).toBe(2);
    for (const text of sealed) expect(Buffer.from(text.slice(3), 'base64url').toString('latin1')).not.toContain('secret');
  });

  it('do not open once any byte is altered: of the nonce, the content or the tag [SEC-013]', () => {
    const sealed = seal.seal('secret', place);
    const { length } = Buffer.from(sealed.slice(3), 'base64url');

    for (let at = 0; at < length; at += 1) expect(() => seal.open(flipped(sealed, at), place)).toThrow();
  });

  it('do not open shortened at either end [SEC-013]', () => {
    const bytes = Buffer.from(seal.seal('secret', place).slice(3), 'base64url');

    for (const part of [bytes.subarray(0, -1), bytes.subarray(1), bytes.subarray(0, 27), Buffer.alloc(0)]) {
      expect(() => seal.open(`v1.${part.toString('base64url')}`, place)).toThrow();
    }
  });

  it.each(['.more', '=', '!', '\n', 'A'])('do not open with %j behind them [SEC-013]', extra => {
    expect(() => seal.open(`${seal.seal('secret', place)}${extra}`, place)).toThrow();
  });

  it.each<[keyof SealedPlace]>([['tenantId'], ['table'], ['column'], ['rowId']])('do not open at another %s [SEC-013]', part => {
    const sealed = seal.seal('secret', place);

    expect(() => seal.open(sealed, { ...place, [part]: 'other' })).toThrow();
  });

  it('do not confuse places whose parts join to the same text [SEC-013]', () => {
    const sealed = seal.seal('secret', { ...place, table: 'ab', column: 'c' });

    expect(() => seal.open(sealed, { ...place, table: 'a', column: 'bc' })).toThrow();
  });

  it('do not open with another key [SEC-013]', () => {
    expect(() => new Seal(Buffer.alloc(32, 4)).open(seal.seal('secret', place), place)).toThrow();
  });

  it.each(['v2', 'V1', ''])('do not open as version %j [SEC-013]', version => {
    expect(() => seal.open(seal.seal('secret', place).replace(/^v1/, version), place)).toThrow('Not a sealed value');
  });

  it.each(['', 'v1', 'v1.', 'plain text'])('are not made of %j [SEC-013]', text => {
    expect(() => seal.open(text, place)).toThrow('Not a sealed value');
  });

  it('need a key of 32 bytes [SEC-013]', () => {
    expect(() => new Seal(Buffer.alloc(16)).seal('secret', place)).toThrow();
  });
});
