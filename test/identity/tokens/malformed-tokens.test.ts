import { aToken, signParts, signTexts, textsOf } from '../../support/forge';
import { startTokenServer, type TokenServer } from '../../support/token-server';

const b64 = (text: string | Buffer): string => Buffer.from(text).toString('base64url');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes with the bits that are left over in the last character set: another text that decodes alike. */
function withTrailingBits(part: string): string {
  const last = ALPHABET.indexOf(part.at(-1) ?? 'A');
  const free = [0, 0, 15, 3][part.length % 4] ?? 0;
  return `${part.slice(0, -1)}${ALPHABET[last | free] ?? ''}`;
}

/** A text whose base64url has bits left over. */
const unaligned = (json: string): string => (b64(json).length % 4 === 0 ? `${json.slice(0, -1)}, "x":1}` : json);

describe('an access token of another form', () => {
  let server: TokenServer;
  let token: string;
  beforeAll(async () => {
    server = await startTokenServer();
    token = await aToken(server.tokens);
  });
  afterAll(() => server.close());

  type Form = readonly [string, (parts: { header: string; claims: string; signature: string }) => string];
  const split = () => {
    const [header = '', claims = '', signature = ''] = token.split('.');
    return { header, claims, signature };
  };

  /** All of them are signed with our key over just these bytes, where they have a signature. */
  const forms: readonly Form[] = [
    ['with one part', ({ header }) => header],
    ['with two parts', ({ header, claims }) => `${header}.${claims}`],
    ['with four parts', () => `${token}.${split().signature}`],
    ['with five parts, like an encrypted one', () => `${token}.a.b`],
    ['with an empty part behind', () => `${token}.`],
    ['with an empty part in front', () => `.${token}`],
    ['with an empty header', ({ claims }) => signParts('', claims)],
    ['with empty claims', ({ header }) => signParts(header, '')],
    ['with an empty signature', ({ header, claims }) => `${header}.${claims}.`],
    ['of dots', () => '..'],
    ['with padding behind the header', ({ header, claims }) => signParts(`${header}=`, claims)],
    ['with padding behind the claims', ({ header, claims }) => signParts(header, `${claims}==`)],
    ['with padding behind the signature', () => `${token}==`],
    ['in base64 instead of base64url', ({ header, claims }) => signParts(header, Buffer.from(`${Buffer.from(claims, 'base64url').toString().slice(0, -1)},"x":"??>>"}`).toString('base64').replaceAll('=', ''))],
    ['with a slash for an underscore in the signature', () => token.replace(/_(?=[^.]*$)/, '/').replace(/-(?=[^.]*$)/, '+')],
    ['with bits left over in the header', ({ header, claims }) => signParts(withTrailingBits(b64(unaligned(Buffer.from(header, 'base64url').toString()))), claims)],
    ['with bits left over in the claims', ({ header, claims }) => signParts(header, withTrailingBits(b64(unaligned(Buffer.from(claims, 'base64url').toString()))))],
    ['with a part of an impossible length', ({ header, claims }) => signParts(header, `${claims}${'A'.repeat((5 - (claims.length % 4)) % 4 || 1)}`)],
    ['with a longer signature', () => `${token}AAAA`],
    ['with a shorter signature', () => token.slice(0, -4)],
    ['with a signature of zeros', ({ header, claims, signature }) => `${header}.${claims}.${'A'.repeat(signature.length)}`],
    ['with a signature of one byte', ({ header, claims }) => `${header}.${claims}.AA`],
    ['with the parts in another order', ({ header, claims, signature }) => `${claims}.${header}.${signature}`],
    ['as JSON', ({ header, claims, signature }) => b64(JSON.stringify({ protected: header, payload: claims, signature }))],
    ['beyond 8 KB', ({ header }) => signParts(header, b64(textsOf(token).claims.replace('"tenant:read"', Array.from({ length: 90 }, (_, at) => `"a:${'b'.repeat(70)}${'c'.repeat(at)}"`).join(','))))],
    ['with very many parts', () => '.'.repeat(8_000)],
  ]; // prettier-ignore

  const texts = () => textsOf(token);
  const json: readonly (readonly [string, () => string])[] = [
    ['whose header is null', () => signTexts('null', texts().claims)],
    ['whose header is a list', () => signTexts(`[${texts().header}]`, texts().claims)],
    ['whose header is text', () => signTexts(JSON.stringify(texts().header), texts().claims)],
    ['whose header is no JSON', () => signTexts('alg=RS256', texts().claims)],
    ['whose header is an empty object', () => signTexts('{}', texts().claims)],
    ['whose header is a zero byte', () => signTexts('\0', texts().claims)],
    ['whose claims are null', () => signTexts(texts().header, 'null')],
    ['whose claims are a list', () => signTexts(texts().header, `[${texts().claims}]`)],
    ['whose claims are a number', () => signTexts(texts().header, '1')],
    ['whose claims are a token', () => signTexts(texts().header, token)],
    ['whose claims are an empty object', () => signTexts(texts().header, '{}')],
    ['with a byte order mark in the header', () => signTexts(`\ufeff${texts().header}`, texts().claims)],
    ['with a byte order mark in the claims', () => signTexts(texts().header, `\ufeff${texts().claims}`)],
    ['with a blank in front of the header', () => signTexts(` ${texts().header}`, texts().claims)],
    ['with a line end behind the claims', () => signTexts(texts().header, `${texts().claims}\n`)],
    ['with blanks in the claims', () => signTexts(texts().header, texts().claims.replaceAll(',', ', '))],
    ['with a zero byte behind the claims', () => signTexts(texts().header, `${texts().claims}\0`)],
    ['with alg twice, the wrong one first', () => signTexts(texts().header.replace('{', '{"alg":"none",'), texts().claims)],
    ['with alg twice, the wrong one last', () => signTexts(texts().header.replace('}', ',"alg":"none"}'), texts().claims)],
    ['with sub twice', () => signTexts(texts().header, texts().claims.replace('{', '{"sub":"owner",'))],
    ['with the same exp twice', () => signTexts(texts().header, texts().claims.replace(/("exp":\d+)/, '$1,$1'))],
    ['with tenant twice, once written with escapes', () => signTexts(texts().header, texts().claims.replace('{', '{"\\u0074enant":"x",'))],
    ['with a claim __proto__', () => signTexts(texts().header, texts().claims.replace('{', '{"__proto__":{"sub":"owner"},'))],
    ['with a name written with escapes', () => signTexts(texts().header, texts().claims.replace('"sub"', '"\\u0073ub"'))],
    ['with a value written with escapes', () => signTexts(texts().header, texts().claims.replace('"access"', '"\\u0061ccess"'))],
    ['with a look-alike letter in a name', () => signTexts(texts().header, texts().claims.replace('"sub"', '"ѕub"'))],
    ['with a full-width type', () => signTexts(texts().header.replace('at+jwt', 'ａt+jwt'), texts().claims)],
    ['with the members in another order', () => signTexts(texts().header, JSON.stringify({ 1: 1, ...(JSON.parse(texts().claims) as object) }))],
    ['with bytes that are no UTF-8', () => signTexts(texts().header, Buffer.concat([Buffer.from(texts().claims.slice(0, -2)), Buffer.from([0xff, 0x22, 0x7d])]))],
    ['in UTF-16', () => signTexts(Buffer.from(texts().header, 'utf16le'), Buffer.from(texts().claims, 'utf16le'))],
    ['that nests deep', () => signTexts(texts().header, texts().claims.replace('{', `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)},`))],
    ['with a lone surrogate', () => signTexts(texts().header, texts().claims.replace('{', '{"a":"\\ud800",'))],
  ]; // prettier-ignore

  const check = async (bad: string): Promise<void> => {
    const { status, challenge, body } = await server.askAs(`Bearer ${bad}`);

    expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer error="invalid_token"' });
    expect(body).toContain('"code":"UNAUTHENTICATED"');
  };

  it('is accepted in the one form that we write, so that each refusal below has one reason [SEC-007]', async () => {
    const { header, claims } = texts();

    expect((await server.askAs(`Bearer ${signTexts(header, claims)}`)).status).toBe(200);
    expect(forms.map(([, form]) => form(split()))).not.toContain(token);
  });

  it.each(forms)('is refused %s [SEC-007] [SEC-017]', (_what, form) => check(form(split())));
  it.each(json)('is refused %s [SEC-007] [SEC-017]', (_what, form) => check(form()));

  it('is refused with each bit of its signature and its claims turned round [SEC-007]', async () => {
    const { header, claims, signature } = split();
    const bytes = Buffer.from(signature, 'base64url');
    for (const at of [0, 1, 191, 192, 382, 383]) {
      const turned = Buffer.from(bytes);
      turned[at] = (turned[at] ?? 0) ^ 1;
      await check(`${header}.${claims}.${turned.toString('base64url')}`);
    }
    for (let at = 0; at < claims.length; at += 41) {
      const other = claims[at] === 'A' ? 'B' : 'A';
      await check(`${header}.${claims.slice(0, at)}${other}${claims.slice(at + 1)}.${signature}`);
    }
  });

  const headers: readonly (readonly [string, () => readonly string[]])[] = [
    ['Basic credentials', () => ['authorization', `Basic ${b64('owner:secret')}`]],
    ['a token without a scheme', () => ['authorization', token]],
    ['a scheme without a token', () => ['authorization', 'Bearer ']],
    ['a scheme that is not known', () => ['authorization', `Token ${token}`]],
    ['two tokens in one header', () => ['authorization', `Bearer ${token}, Bearer ${token}`]],
    ['two headers', () => ['authorization', `Bearer ${token}`, 'authorization', `Bearer ${token}`]],
    ['two headers, one of them empty', () => ['authorization', `Bearer ${token}`, 'Authorization', '']],
    ['a token with a blank inside', () => ['authorization', `Bearer ${token.replace('.', '. ')}`]],
    ['a token with two blanks in front', () => ['authorization', `Bearer  ${token}`]],
    ['a token and a parameter', () => ['authorization', `Bearer ${token} realm="x"`]],
    ['nothing', () => ['authorization', '']],
    ['an oversized header', () => ['authorization', `Bearer ${'A'.repeat(12_000)}`]],
  ];

  it.each(headers)('does not come as %s [SEC-007] [SEC-017]', async (_what, sent) => {
    const { status, challenge } = await server.ask({ headers: sent() });

    expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer error="invalid_token"' });
  });

  it('does not come in the address, nor in a cookie [SEC-007]', async () => {
    const { who } = await server.ask({ path: `/who?access_token=${token}`, headers: ['cookie', `access_token=${token}`] });

    expect(who).toEqual({ principal: null, proof: null });
  });
});
