import { calculateJwkThumbprint, type JWK } from 'jose';

import { parseStrictJson } from '../../src/identity/tokens/strict-json';
import { compactJws, strictJws } from '../../src/identity/tokens/strict-jws';
import { ALGORITHMS, verificationKey, verifySignature } from '../../src/identity/tokens/verification-key';
import { describeVectors, sharedJson } from './shared';

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly jws: string;
  readonly result: 'valid' | 'invalid';
}

interface Group<Key> {
  readonly comment: string;
  readonly public?: Key;
  readonly private: Key;
  readonly tests: readonly Case[];
}

type Jwk = JWK & Readonly<Record<string, unknown>>;

const wycheproof = <Key>(file: string) => (sharedJson(`vectors/wycheproof/${file}`) as { testGroups: Group<Key>[] }).testGroups;
const cookbook = () => sharedJson('vectors/jose-cookbook-rfc7520/cookbook.json') as Record<string, Readonly<Record<string, unknown>>>;

/** The product's way from a token and a published key to a verified payload; false where any step refuses. */
async function accepts(jws: string, keys: readonly Jwk[]): Promise<boolean> {
  try {
    const compact = compactJws(jws);
    const jwk = keys.find(({ kid }) => kid === compact.header['kid']);
    await verifySignature(compact, await verificationKey(jwk, String(jwk?.kid)));
    return true;
  } catch {
    return false;
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

describeVectors('Wycheproof, JSON Web Signature', () => {
  /** Valid for others: we take three algorithms, and no empty payload. */
  const isOurs = ({ jws }: Case): boolean => {
    const [header = '', payload = ''] = jws.split('.');
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string };
    return payload !== '' && ALGORITHMS.some(known => known === alg);
  };

  it('is refused whole where it is invalid, and accepted where it is valid and of our kind [SEC-007]', async () => {
    const answers: { test: Case; accepted: boolean }[] = [];
    for (const group of wycheproof<Jwk>('json_web_signature_test.json')) {
      for (const test of group.tests) answers.push({ test, accepted: await accepts(test.jws, [group.public ?? group.private]) });
    }
    const invalid = answers.filter(({ test }) => test.result === 'invalid');
    const valid = answers.filter(({ test }) => test.result === 'valid');
    const accepted = valid.filter(answer => answer.accepted).map(({ test }) => test);
    print(`Wycheproof JWS: ${invalid.filter(answer => answer.accepted).length} of ${invalid.length} invalid accepted`);
    print(`Wycheproof JWS: ${accepted.length} of ${valid.length} valid accepted, ${valid.length - accepted.length} of other kinds refused`);

    expect(invalid.length).toBeGreaterThan(200);
    expect(invalid.filter(answer => answer.accepted)).toEqual([]);
    expect(accepted).toEqual(valid.map(({ test }) => test).filter(isOurs));
    expect(accepted.length).toBeGreaterThan(10);
  });

  it('is no access token: none of it passes the gate of claims [SEC-007]', () => {
    const all = wycheproof<Jwk>('json_web_signature_test.json').flatMap(({ tests }) => tests);
    const isToken = ({ jws }: Case): boolean => {
      try {
        return strictJws(jws).canonical;
      } catch {
        return false;
      }
    };

    expect(all.filter(isToken)).toEqual([]);
  });
});

describeVectors('Wycheproof, JSON Web Key', () => {
  it('opens nothing with a key that is weak, broken or of another purpose [SEC-007]', async () => {
    const answers: { comment: string; kind: string | undefined; result: string; accepted: boolean }[] = [];
    for (const { tests, ...group } of wycheproof<{ keys: Jwk[] }>('json_web_key_test.json')) {
      const { keys } = group.public ?? group.private;
      for (const { comment, jws, result } of tests) {
        answers.push({ comment, kind: keys[0]?.kty, result, accepted: await accepts(jws, keys) });
      }
    }
    const invalid = answers.filter(({ result }) => result === 'invalid');
    const valid = answers.filter(({ result }) => result === 'valid');
    print(`Wycheproof JWK: ${invalid.filter(({ accepted }) => accepted).length} of ${invalid.length} invalid accepted`);
    print(`Wycheproof JWK: ${valid.filter(({ accepted }) => accepted).length} of ${valid.length} valid accepted, the others are symmetric`);

    expect(invalid.length).toBeGreaterThan(10);
    expect(invalid.filter(({ accepted }) => accepted)).toEqual([]);
    expect(valid.filter(({ kind, accepted }) => accepted !== (kind === 'RSA'))).toEqual([]);
    expect(valid.some(({ accepted }) => accepted)).toBe(true);
  });
});

describeVectors('the JOSE cookbook (RFC 7520)', () => {
  const compactOf = (name: string): string => (cookbook()[name]?.['output'] as { compact: string }).compact;
  const keyOf = (name: string): Jwk => (cookbook()[name]?.['input'] as { key: Jwk }).key;

  it('is read where it signs with an algorithm of ours [SEC-007]', async () => {
    const name = 'jws/4_1.rsa_v15_signature.json';

    expect(await accepts(compactOf(name), [keyOf(name)])).toBe(true);
    expect(await accepts(compactOf(name), [{ ...keyOf(name), alg: 'PS256' }])).toBe(false);
    expect(await accepts(compactOf(name), [{ ...keyOf(name), use: 'enc' }])).toBe(false);
    const nested = (cookbook()['6.nesting_signatures_and_encryption.json']?.['sign'] as { output: { compact: string } }).output.compact;
    expect(strictJws(nested)).toMatchObject({ header: { alg: 'PS256' }, claims: { iss: 'hobbiton.example' } });
  });

  it.each([
    'jws/4_2.rsa-pss_signature.json',
    'jws/4_3.ecdsa_signature.json',
    'jws/4_4.hmac-sha2_integrity_protection.json',
    'rfc7797/hmac-sha2_b64_false.json',
  ])('is refused in %s, whose algorithm or extension is none of ours [SEC-007]', async name => {
    expect(compactOf(name).split('.').length).toBeGreaterThanOrEqual(3);
    expect(await accepts(compactOf(name), [keyOf(name)])).toBe(false);
  });

  it('is refused where it encrypts [SEC-007]', async () => {
    const encrypted = Object.entries(cookbook()).filter(([name]) => name.startsWith('jwe/'));

    expect(encrypted.length).toBeGreaterThan(3);
    for (const [name] of encrypted) expect(await accepts(compactOf(name), [])).toBe(false);
  });

  it('gives keys that verify where they are public RSA or P-256 ones for signatures, whatever private members stand there [SEC-007]', async () => {
    const usable: string[] = [];
    for (const [name, jwk] of Object.entries(cookbook()).filter(([path]) => path.startsWith('jwk/'))) {
      const key = await verificationKey(jwk, name).catch(() => undefined);
      if (key) usable.push(name);
      if (key) expect(key.key.type).toBe('public');
    }

    expect(usable).toEqual(['jwk/3_3.rsa_public_key.json', 'jwk/3_4.rsa_private_key.json']);
  });
});

describeVectors('JWK thumbprints (RFC 7638, RFC 9449)', () => {
  it('are those of the RFCs [SEC-007]', async () => {
    const vectors = sharedJson('vectors/jwk-thumbprint/rfc7638-rfc9449.json') as { jwk: JWK; sha256: string }[];

    expect(vectors).toHaveLength(2);
    for (const { jwk, sha256 } of vectors) expect(await calculateJwkThumbprint(jwk)).toBe(sha256);
  });
});

describeVectors('the JSON test suite', () => {
  const suite = sharedSuite();
  /** Grammatical, and still refused: an object that names a member twice. */
  const STRICTER = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json'];

  it('is refused where it is no JSON, and accepted where it is, but for members that stand there twice [SEC-007]', () => {
    const refused = suite.filter(({ base64 }) => !isStrict(Buffer.from(base64, 'base64'))).map(({ name }) => name);
    const wanted = suite.filter(({ expect: wish }) => wish === 'reject').map(({ name }) => name);
    const accepted = suite.filter(({ expect: wish }) => wish === 'accept').map(({ name }) => name);
    const open = suite.filter(({ expect: wish }) => wish === 'either').map(({ name }) => name);
    print(`JSON: ${wanted.filter(name => refused.includes(name)).length} of ${wanted.length} refused that must be`);
    print(`JSON: ${accepted.filter(name => !refused.includes(name)).length} of ${accepted.length} accepted that are JSON; not: ${accepted.filter(name => refused.includes(name)).join(', ')}`); // prettier-ignore
    print(`JSON: ${open.filter(name => refused.includes(name)).length} of ${open.length} refused that may be either`);

    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.filter(name => !refused.includes(name))).toEqual([]);
    expect(accepted.filter(name => refused.includes(name))).toEqual(STRICTER.filter(name => accepted.includes(name)));
  });
});

function sharedSuite(): readonly { name: string; expect: 'accept' | 'reject' | 'either'; base64: string }[] {
  try {
    return sharedJson('vectors/json-parsing/JSONTestSuite.json') as ReturnType<typeof sharedSuite>;
  } catch {
    return [];
  }
}

function isStrict(bytes: Buffer): boolean {
  try {
    parseStrictJson(bytes);
    return true;
  } catch {
    return false;
  }
}
