import fc from 'fast-check';

import { parseStrictJson } from '../../../src/identity/tokens/strict-json';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('strict JSON', () => {
  it.each([
    ['a member twice', '{"a":1,"a":1}'],
    ['a member twice, once written with escapes', '{"sub":1,"\\u0073ub":2}'],
    ['a member twice in an inner object', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
    ['a member __proto__', '{"__proto__":{"scopes":[]}}'],
    ['a member __proto__ written with escapes', '{"\\u005f_proto__":1}'],
    ['a byte order mark', '\ufeff{}'],
    ['a lone surrogate written with escapes', '{"a":"\\udfff"}'],
    ['a lone surrogate in a name', '{"\\ud800":1}'],
    ['eleven levels', nested(11)],
    ['very many levels', nested(100_000)],
    ['two values', '{}{}'],
    ['a comment', '{/**/}'],
    ['a trailing comma', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['nothing', ''],
    ['a control character in a string', '{"a":"\u0000"}'],
  ])('refuses %s [SEC-007]', (_what, text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError);
    expect(() => parseStrictJson(Buffer.from(text))).toThrow(SyntaxError);
  });

  it('refuses a text with a lone surrogate [SEC-007]', () => {
    expect(() => parseStrictJson('{"a":"\ud800"}')).toThrow(SyntaxError);
  });

  it.each([
    ['no UTF-8', [0x22, 0xff, 0x22]],
    ['overlong UTF-8', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0x22, 0x00, 0x61, 0x00, 0x22, 0x00]],
  ])('refuses bytes that are %s [SEC-007]', (_what, bytes) => {
    expect(() => parseStrictJson(Buffer.from(bytes))).toThrow(SyntaxError);
  });

  it.each([
    ['quotes that are escaped and never closed', (length: number) => `{"a":"${'\\"'.repeat(length / 2)}`],
    ['quotes', (length: number) => `{"a":${'"'.repeat(length)}`],
    ['backslashes', (length: number) => `{"a":"${'\\'.repeat(length)}`],
    ['strings that are not closed', (length: number) => '"\\'.repeat(length / 2)],
    ['brackets', (length: number) => '{"a":['.repeat(length / 6)],
    ['names', (length: number) => `{${'"a":1,'.repeat(length / 6)}`],
  ])('reads 64 KB of %s in the time of harmless text, or little more [SEC-007]', (_what, hostile) => {
    const text = hostile(65_536);
    const harmless = JSON.stringify({ a: Array.from({ length: 8_192 }, (_, at) => (at % 10 === 0 ? 'text' : 'abcde')) });

    // The harmless text takes some milliseconds; what grows with the square takes hundreds of times as long.
    expect(fastest(text)).toBeLessThan(20 * fastest(harmless));
  });

  /** In ms, of five readings: what else the machine does makes single ones slow. */
  const fastest = (text: string): number => Math.min(...Array.from({ length: 5 }, () => time(text)));
  const time = (text: string): number => {
    const began = performance.now();
    try {
      parseStrictJson(text);
    } catch {
      // Refused or not: it is the time that counts.
    }
    return performance.now() - began;
  };

  it('takes the same name in different objects, and names that are texts elsewhere [SEC-007]', () => {
    const text = '{"a":{"a":["a","a",{"a":"a"}]},"b":"{\\"a\\":1,\\"a\\":2}","c":["]","}",","]}';

    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it('takes ten levels [SEC-007]', () => {
    expect(JSON.stringify(parseStrictJson(nested(10)))).toBe(nested(10));
  });

  it('reads all that JSON.stringify writes as JSON.parse does [SEC-007]', () => {
    const values = fc.jsonValue({ maxDepth: 5 }).filter(value => !JSON.stringify(value).includes('__proto__'));

    fc.assert(
      fc.property(values, value => {
        const text = JSON.stringify(value);
        expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses every object that is given one of its members again, wherever that stands [SEC-007]', () => {
    const objects = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 6 });
    const unit = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;
    const escaped = (name: string) => `"${Array.from({ length: name.length }, (_, at) => unit(name.charCodeAt(at))).join('')}"`;

    fc.assert(
      fc.property(objects, fc.nat(), fc.boolean(), fc.nat({ max: 3 }), (object, which, escape, depth) => {
        const names = Object.keys(object);
        const name = names[which % names.length] ?? '';
        const text = `${JSON.stringify(object).slice(0, -1)},${escape ? escaped(name) : JSON.stringify(name)}:null}`;
        expect(() => parseStrictJson(`${'['.repeat(depth)}${text}${']'.repeat(depth)}`)).toThrow(SyntaxError);
      }),
    );
  });
});
