import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { buildSchema, parse, validate } from 'graphql';

import { systemClock } from '../../../src/platform/clock';
import { freePort } from '../../../src/platform/process/tcp-port';
import { startApp, type TestApp } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aCertificate } from '../../support/certificates';
import { anInstance, type Instance } from '../../support/instance';
import { aClient } from '../../support/oauth';

const read = (file: string) => readFileSync(path.join(__dirname, '../../..', file), 'utf8');
const guide = read('docs/partners.md');

interface Example {
  readonly command: string;
  readonly language: string;
  readonly output: string;
}

/** Each sh block with the block below it. */
const examples: readonly Example[] = [...guide.matchAll(/```sh\n([\s\S]*?)```[^`]*?```(json|text)\n([\s\S]*?)```/g)].map(
  ([, command = '', language = '', output = '']) => ({ command, language, output }),
);

describe('the guide for partners', () => {
  let app: TestApp;
  let tls: Instance;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let thumbprint: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'partners-'));
    const file = (name: string, text: string) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const [own, partner] = await Promise.all([aCertificate('localhost'), aCertificate('partner')]);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    ({ thumbprint } = partner);
    app = await startApp([aBusiness()]);
    const port = String(await freePort());
    const publicUrl = `https://localhost:${port}`;
    tls = await anInstance({
      ...{ appUrl: app.db.appUrl, publicUrl, clock: systemClock },
      environment: { PAYYMO_PORT: port, PAYYMO_TLS_CERTIFICATE: own.certificate, PAYYMO_TLS_KEY: own.key },
    });
    const northwind = app.tenant('northwind');
    const client = await aClient(northwind, { scopes: ['matches:read', 'matches:approve', 'invoices:read'] });
    const jwk = {
      ...createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }),
      kid: 'partner-1',
      alg: 'RS256',
    };
    const byKey = await aClient(northwind, { authenticationMethod: 'PRIVATE_KEY_JWT', jwks: JSON.stringify({ keys: [jwk] }) });
    const byCertificate = await aClient(northwind, {
      authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
      certificateThumbprints: [thumbprint],
    });
    environment = {
      ...{ PATH: process.env['PATH'], PAYYMO_URL: publicUrl, CURL_CA_BUNDLE: file('gateway.pem', own.certificate), CURL_HOME: folder },
      ...{ CLIENT_ID: client.id, CLIENT_SECRET: client.secret, KEY_CLIENT_ID: byKey.id, CERTIFICATE_CLIENT_ID: byCertificate.id },
      ...{ CERTIFICATE: file('partner.pem', partner.certificate), CERTIFICATE_KEY: file('partner.key', partner.key) },
      PRIVATE_KEY: file('private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
    };
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await tls.close();
    await app.close();
  });

  /** All blocks in one shell, as a reader would run them, with a line between what each of them prints. */
  const outputs = async (): Promise<readonly string[]> => {
    const script = ['set -euo pipefail', ...examples.map(({ command }) => `${command}\nprintf '\\n----\\n'`)].join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: environment });
    return stdout.split('\n----\n').slice(0, -1);
  };

  it('has examples with curl, each with what it prints [UX-003]', () => {
    expect(examples.length).toBe([...guide.matchAll(/```sh\n/g)].length);
    expect(examples.length).toBeGreaterThanOrEqual(9);
  });

  it('shows what its examples really print [UX-003] [API-007]', async () => {
    const printed = await outputs();

    expect(printed).toHaveLength(examples.length);
    examples.forEach(({ command, language, output }, at) => {
      const text = printed[at] ?? '';
      if (language === 'text') expect(text).toBe(thumbprint);
      else expect([command, objectsIn(text).map(shapeOf)]).toEqual([command, objectsIn(output).map(shapeOf)]);
    });
  });

  it('shows GraphQL that the API accepts [UX-003]', () => {
    const schema = buildSchema(read('schema/api.graphql'), { assumeValidSDL: true });
    const operations = [...guide.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, operation = '']) => operation);

    expect(operations).toHaveLength(2);
    for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
  });
});

/** The answers in an output: objects one after another. */
const objectsIn = (text: string): unknown[] => JSON.parse(`[${text.trim().replaceAll(/\}\s*\{/g, '},{')}]`) as unknown[];

/** What differs from run to run, and what the guide leaves out. */
const VARYING: ReadonlySet<string> = new Set(['access_token', 'client_id', 'sub', 'iss', 'iat', 'exp', 'jti']);
const LEFT_OUT: ReadonlySet<string> = new Set(['locations', 'path', 'requestId', 'coordinate']);

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !LEFT_OUT.has(name));
  return Object.fromEntries(members.map(([name, member]) => [name, VARYING.has(name) ? typeof member : shapeOf(member)]));
}
