import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

import { loadConfig } from '../../src/config/config';
import type { Revocable } from '../../src/identity/tokens/authentication';
import { jwksRoutes } from '../../src/identity/tokens/jwks.routes';
import { type TokenServices, tokenServices } from '../../src/identity/tokens/token-services';
import { Database } from '../../src/platform/database/database';
import { newId } from '../../src/platform/database/ids';
import { createHttpServer, type Routes } from '../../src/platform/http/server';
import { createLogger } from '../../src/platform/logging/logger';
import { Metrics } from '../../src/platform/metrics/metrics';
import { Refusals } from '../../src/platform/metrics/refusals';
import { freePort } from '../../src/platform/process/tcp-port';
import { TestClock } from './clock';
import { aDatabase, type TestDatabase } from './database';
import { settings } from './settings';

/** What the server understood of a caller: the principal, or null, and the proof of possession. */
export interface Who {
  readonly principal: Record<string, unknown> | null;
  readonly proof: Record<string, unknown> | null;
}

export interface TokenAnswer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly who: Who | undefined;
}

export interface TokenRequest {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn, so that a name can come twice. */
  readonly headers?: readonly string[];
  /** Client certificate and key, and what else the connection needs. */
  readonly tls?: Pick<RequestOptions, 'cert' | 'key' | 'minVersion' | 'maxVersion' | 'agent'>;
}

/** Authentication over HTTP without GraphQL: /who tells who the caller is. */
export interface TokenServer extends TokenServices {
  /** Where clients reach it. */
  readonly url: string;
  /** Where it listens: the same, but for a configured public address. */
  readonly listening: URL;
  readonly db: TestDatabase;
  readonly clock: TestClock;
  /** Every token that was checked for revocation. */
  readonly checked: readonly Revocable[];
  /** Lets the check refuse in this way; null lets it pass again. */
  refuseWith(error: Error | null): void;
  ask(request?: TokenRequest): Promise<TokenAnswer>;
  /** With this Authorization header. */
  askAs(authorization: string, more?: readonly string[]): Promise<TokenAnswer>;
  close(): Promise<void>;
}

export interface TokenServerOptions {
  /** Overrides of its environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** A process of the same deployment: one address, database and clock. */
  readonly sibling?: TokenServer;
}

export async function startTokenServer({ environment = {}, sibling }: TokenServerOptions = {}): Promise<TokenServer> {
  const db = sibling?.db ?? (await aDatabase());
  const clock = sibling?.clock ?? new TestClock();
  const port = await freePort();
  const config = loadConfig({ ...leastOf(db), PAYYMO_PUBLIC_URL: sibling?.url ?? `http://127.0.0.1:${port}`, ...environment });
  const database = new Database(config.database);
  const services = await tokenServices(config, database, clock);
  const revocations = new Revocations();
  const authentication = services.authentication(revocations);
  const log = createLogger({ ...config.logging, environment: 'test', service: 'test' });
  const server = await createHttpServer({
    ...{ log, refusals: new Refusals(new Metrics(), log) },
    ...config.http,
    authenticate: credentials => authentication.authenticate(credentials),
    routes: [jwksRoutes(services.keys), whoRoutes(services)],
  });
  await server.listen({ host: '127.0.0.1', port });
  const url = `${config.http.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const ask = (request: TokenRequest = {}) => send(url, request);
  return {
    ...services,
    ...{ url: config.http.publicUrl, listening: new URL(url), db, clock, checked: revocations.checked, ask },
    refuseWith: error => {
      revocations.refusal = error;
    },
    askAs: (authorization, more = []) => ask({ headers: ['authorization', authorization, ...more] }),
    close: async () => {
      await server.close();
      await database.stop();
      if (!sibling) await db.drop();
    },
  };
}

/** A tenant without anything else. */
export async function aTenantRow(db: TestDatabase, slug: string, { kind = 'BUSINESS', status = 'ACTIVE' } = {}): Promise<string> {
  const id = newId();
  const insert = `insert into tenants (id, slug, name, country, kind, status, status_reason, second_factor_required)
    values ($1, $2, $2, 'DE', $3, $4, 'for a test', true)`;
  await db.query(insert, [id, slug, kind, status]);
  return id;
}

const leastOf = (db: TestDatabase): NodeJS.ProcessEnv => ({
  NODE_ENV: 'test',
  DATABASE_URL: db.appUrl,
  DATABASE_POOL: '10',
  PAYYMO_SIGNING_KEY: settings().signingKey,
  PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
  GOCARDLESS_BANK_DATA_SECRET_ID: 'unused-id',
  GOCARDLESS_BANK_DATA_SECRET_KEY: 'unused-key',
  LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
});

class Revocations {
  readonly checked: Revocable[] = [];
  refusal: Error | null = null;

  check(token: Revocable): Promise<void> {
    this.checked.push(token);
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve();
  }
}

const whoRoutes =
  ({ proofs }: TokenServices): Routes =>
  server => {
    server.all('/who', async ({ principal, caller }) => ({
      principal: principal && { ...principal, scopes: [...principal.scopes] },
      // A proof for a token was used up by then.
      proof: principal ? null : await proofs.of(caller),
    }));
  };

function send(url: string, { method = 'GET', path = '/who', headers = [], tls = {} }: TokenRequest): Promise<TokenAnswer> {
  const options = { method, headers: ['host', new URL(url).host, ...headers], rejectUnauthorized: false, agent: false as const, ...tls };
  return new Promise((resolve, reject) => {
    const sent = (url.startsWith('https') ? httpsRequest : httpRequest)(`${url}${path}`, options, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const status = response.statusCode ?? 0;
        const who = status === 200 ? (JSON.parse(body) as Who) : undefined;
        resolve({ status, challenge: response.headers['www-authenticate'], headers: response.headers, body, who });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
