import type { FastifyInstance } from 'fastify';
import { runOnce } from 'graphile-worker';
import { Pool } from 'pg';

import { type App, createApp } from '../../src/app';
import { loadConfig } from '../../src/config/config';
import { tenantIds, userIds } from '../../src/identity/ids';
import { permissionsOf, type Role, roles } from '../../src/identity/roles/permissions';
import { User } from '../../src/identity/users/user.model';
import { jobPrincipal } from '../../src/platform/auth/principal';
import { newId } from '../../src/platform/database/ids';
import { Scope } from '../../src/platform/database/scope';
import { tasks } from '../../src/platform/jobs/worker';
import { createLogger } from '../../src/platform/logging/logger';
import { freePort } from '../../src/platform/process/tcp-port';
import { type GoCardlessSandbox, startGoCardlessSandbox } from '../sandbox/gocardless-bank-data/server';
import { type SmtpSandbox, startSmtpSandbox } from '../sandbox/smtp/server';
import { startWhmcsSandbox, type WhmcsSandbox } from '../sandbox/whmcs/server';
import type { Business } from '../sandbox/world/world';
import { as, principalOf } from './as';
import { TestClock } from './clock';
import { aDatabase, type TestDatabase } from './database';
import { settings } from './settings';

export interface Answer<Data = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string } & Record<string, unknown>;
  }[];
}

/** Sends an operation over HTTP. */
export type Ask = <Data = unknown>(query: string, variables?: Record<string, unknown>) => Promise<Answer<Data>>;

export interface TestTenant {
  /** As in the rows. */
  readonly uuid: string;
  /** As in the API. */
  readonly id: string;
  readonly slug: string;
  readonly userUuids: Readonly<Record<Role, string>>;
  readonly userIds: Readonly<Record<Role, string>>;
  /** A client that is signed in with a role. */
  as(role: Role): Ask;
  /** A scope with the permissions of a role, for calling services. */
  scope(role?: Role): Scope;
}

export interface TestApp extends App {
  readonly url: string;
  readonly db: TestDatabase;
  readonly clock: TestClock;
  readonly bank: GoCardlessSandbox;
  readonly whmcs: WhmcsSandbox;
  readonly smtp: SmtpSandbox;
  readonly server: FastifyInstance;
  readonly anonymous: Ask;
  /** With any Authorization header, or none. */
  ask(authorization: string | undefined): Ask;
  tenant(slug: string): TestTenant;
  /** Runs the jobs that wait, and those that they ask for; with `hurry` also those whose time has not come. */
  runJobs(options?: { readonly hurry?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** The whole gateway on a database of its own, over HTTP, with sandbox providers that serve the businesses. Each business is a tenant. */
export async function startApp(businesses: readonly Business[]): Promise<TestApp> {
  const db = await aDatabase();
  const clock = new TestClock();
  const bank = await startGoCardlessSandbox({ secretId: 'test-id', secretKey: 'test-key', businesses, clock });
  const whmcs = await startWhmcsSandbox({ businesses, clock });
  const smtp = await startSmtpSandbox();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = loadConfig(environment(db, bank, smtp, port));
  const log = createLogger({ ...config.logging, environment: 'test', service: 'test' });
  const app = await createApp({ config, log, clock });
  const { server, apollo } = await app.gateway();
  await app.registry.start();
  await server.listen({ host: '127.0.0.1', port });
  const ask = (authorization: string | undefined) => clientOf(`${url}/graphql`, authorization);
  const tenants = new Map<string, TestTenant>();
  for (const business of businesses) tenants.set(business.slug, await aTenant(app, business, whmcs, ask));
  const pool = new Pool({ connectionString: db.workerUrl, max: 3 });
  pool.on('error', () => undefined);
  return {
    ...app,
    url,
    db,
    clock,
    bank,
    whmcs,
    smtp,
    server,
    anonymous: ask(undefined),
    ask,
    tenant: slug => {
      const tenant = tenants.get(slug);
      if (!tenant) throw new Error(`No tenant ${slug}`);
      return tenant;
    },
    runJobs: async ({ hurry = false } = {}) => {
      if (hurry) await db.query('update graphile_worker._private_jobs set run_at = now()');
      await runOnce({ pgPool: pool, taskList: tasks(app.jobs, log), logger: silent, noHandleSignals: true });
    },
    close: async () => {
      await pool.end();
      await server.close();
      await apollo.stop();
      await app.registry.stop();
      await bank.close();
      await whmcs.close();
      await smtp.close();
      await db.drop();
    },
  };
}

const environment = (db: TestDatabase, bank: GoCardlessSandbox, smtp: SmtpSandbox, port: number): NodeJS.ProcessEnv => ({
  NODE_ENV: 'test',
  PAYYMO_PORT: String(port),
  PAYYMO_PUBLIC_URL: `http://127.0.0.1:${port}`,
  PAYYMO_EXPLORER: 'true',
  DATABASE_URL: db.appUrl,
  DATABASE_WORKER_URL: db.workerUrl,
  PAYYMO_SIGNING_KEY: settings().signingKey,
  PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
  PAYYMO_SMTP_URL: smtp.url,
  GOCARDLESS_BANK_DATA_URL: bank.url,
  GOCARDLESS_BANK_DATA_SECRET_ID: 'test-id',
  GOCARDLESS_BANK_DATA_SECRET_KEY: 'test-key',
  LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
});

async function aTenant(app: App, business: Business, whmcs: WhmcsSandbox, ask: TestApp['ask']): Promise<TestTenant> {
  const { database, accounts, installations } = app;
  const uuid = newId();
  const { slug, name, country } = business;
  const userUuids = Object.fromEntries(roles.map(role => [role, newId()])) as Record<Role, string>;
  const scope = new Scope(database, jobPrincipal(uuid, 'test'), 'test');
  await scope.change(async transaction => {
    await accounts.createTenant({ id: uuid, slug, name, country }, transaction);
    for (const role of roles) {
      const user = {
        id: userUuids[role],
        email: `${role.toLowerCase()}@${slug}.example`,
        name: role,
        role,
        passwordHash: settings().passwordHash,
      };
      await User.create(user, { transaction });
    }
    const { identifier, secret, gateway } = business.whmcs;
    await installations.configure(scope, { url: whmcs.url(slug), identifier, secret, gateway }, transaction);
  });
  return {
    uuid,
    id: tenantIds.encode(uuid),
    slug,
    userUuids,
    userIds: Object.fromEntries(roles.map(role => [role, userIds.encode(userUuids[role])])) as Record<Role, string>,
    as: role => as(app, ask, uuid, { userId: userUuids[role], scopes: permissionsOf[role] }),
    scope: (role = 'OWNER') => new Scope(database, principalOf(uuid, { userId: userUuids[role], scopes: permissionsOf[role] }), 'test'),
  };
}

const clientOf =
  (url: string, authorization: string | undefined): Ask =>
  async (query: string, variables: Record<string, unknown> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ query, variables }),
    });
    const { status, headers } = response;
    return { status, headers, ...((await response.json()) as object) };
  };

const silent = { scope: () => silent, error: nothing, warn: nothing, info: nothing, debug: nothing } as never;

function nothing(): void {
  return undefined;
}
