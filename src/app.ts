import 'reflect-metadata';

import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance } from 'fastify';

import { CALLBACK_PATH, callbackRoutes } from './banking/callback.routes';
import { banking } from './banking/module';
import type { Installations } from './billing/installations.service';
import { billing } from './billing/module';
import type { Config } from './config/config';
import { createApollo } from './gateway/apollo';
import { authorize } from './gateway/authorize';
import { explorerRoutes } from './gateway/explorer.routes';
import { fuse } from './gateway/fuse';
import { graphqlRoutes } from './gateway/graphql.routes';
import { refusalsPlugin } from './gateway/refusals.plugin';
import { buildSubgraph, type Subgraph } from './gateway/subgraph';
import type { AccessTokens } from './identity/tokens/access-tokens';
import type { Authentication } from './identity/tokens/authentication';
import { Plans } from './identity/plans/plans.service';
import { Accounts } from './identity/tenants/accounts.service';
import { PlatformRealm } from './identity/tenants/platform-realm';
import { jwksRoutes } from './identity/tokens/jwks.routes';
import { identity } from './identity/module';
import { Revocations } from './identity/revocations/revocations';
import { tokenServices } from './identity/tokens/token-services';
import { operations } from './operations/module';
import { revocationGate } from './platform/auth/revocation-gate';
import { LateTraces } from './platform/audit/late-traces';
import { RefusedMutations } from './platform/audit/refused-mutations';
import { type Clock, systemClock } from './platform/clock';
import { Seal } from './platform/crypto/seal';
import { Database } from './platform/database/database';
import type { Scope } from './platform/database/scope';
import { healthRoutes } from './platform/http/health.routes';
import { createHttpServer, type Routes } from './platform/http/server';
import type { Job } from './platform/jobs/job';
import type { Logger } from './platform/logging/logger';
import { Metrics } from './platform/metrics/metrics';
import { metricsRoutes } from './platform/metrics/metrics.routes';
import { Refusals } from './platform/metrics/refusals';
import type { Module } from './platform/module';
import { ServiceRegistry } from './platform/services/registry';
import { gocardlessBankData } from './providers/gocardless-bank-data/provider';
import { whmcs } from './providers/whmcs/billing-system';
import { reconciliation } from './reconciliation/module';

export interface AppOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Everything that a process of Payymo is made of; nothing runs before its services are started. */
export interface App {
  readonly clock: Clock;
  readonly database: Database;
  readonly registry: ServiceRegistry;
  readonly modules: readonly Module[];
  readonly tokens: AccessTokens;
  readonly revocations: Revocations;
  readonly accounts: Accounts;
  readonly platform: PlatformRealm;
  readonly installations: Installations;
  readonly metrics: Metrics;
  readonly jobs: readonly Job[];
  subgraphs(): Promise<readonly Subgraph[]>;
  gateway(): Promise<Gateway>;
}

export interface Gateway {
  readonly apollo: ApolloServer<Scope>;
  readonly server: FastifyInstance;
}

/**
 * The composition root: the one place where modules meet.
 * @requirement API-001
 */
export async function createApp({ config, log, clock = systemClock }: AppOptions): Promise<App> {
  const registry = new ServiceRegistry(log);
  const database = registry.add(new Database(config.database));
  const metrics = new Metrics();
  const traces = registry.add(new LateTraces(database, log));
  const { keys, tokens, proofs, authentication } = await tokenServices(config, database, clock);
  const revocations = registry.add(new Revocations({ url: config.database.url, database, clock, log }));
  const seal = new Seal(config.secrets.encryptionKey);
  const plans = new Plans(clock);
  const bank = banking({
    database,
    clock,
    log,
    plans,
    provider: gocardlessBankData({ ...config.gocardlessBankData, clock }),
    redirects: { callbackUrl: `${config.http.publicUrl}${CALLBACK_PATH}`, allowedOrigins: config.http.allowedOrigins },
  });
  const books = billing({ database, log, seal, connect: whmcs, plans });
  const people = identity({ config, database, seal, tokens, proofs, revocations, plans, metrics, traces, clock, log });
  const domain: readonly Module[] = [
    people,
    bank,
    books,
    reconciliation({ database, clock, log, plans, payments: bank.payments, receivables: books.receivables }),
  ];
  const ids = domain.flatMap(({ entities }) => entities.map(entity => entity.ids));
  const modules = [...domain, operations({ database, ids, report: () => registry.report() })];
  database.register(modules.flatMap(({ models }) => models));
  const subgraphs = () => inTurn(modules, buildSubgraph);
  const routes = [jwksRoutes(keys), callbackRoutes(bank.connections, database), healthRoutes(() => registry.report())];
  return {
    clock,
    database,
    registry,
    modules,
    tokens,
    revocations,
    accounts: new Accounts(),
    platform: new PlatformRealm(database),
    installations: books.installations,
    metrics,
    jobs: modules.flatMap(({ jobs }) => jobs),
    subgraphs,
    gateway: async () =>
      createGateway({
        ...{ config, log, clock, database, metrics, routes, oauth: people.oauth },
        authentication: authentication(revocationGate(token => revocations.check(token))),
        subgraphs: await subgraphs(),
      }),
  };
}

interface GatewayParts {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly database: Database;
  readonly authentication: Authentication;
  readonly metrics: Metrics;
  readonly routes: readonly Routes[];
  readonly oauth: (refusals: Refusals) => Routes;
  readonly subgraphs: readonly Subgraph[];
}

/** The GraphQL API over HTTP, with the modules fused into one schema. */
async function createGateway({
  config: { http },
  log,
  clock,
  database,
  authentication,
  metrics,
  routes,
  oauth,
  subgraphs,
}: GatewayParts): Promise<Gateway> {
  const refusals = new Refusals(metrics, log);
  const plugins = [refusalsPlugin(refusals, new RefusedMutations(clock, log))];
  const apollo = createApollo({ schema: authorize(fuse(subgraphs), clock), introspection: http.explorer, log, plugins });
  await apollo.start();
  const access = { token: http.metricsToken, behindProxy: http.trustedProxies.length > 0 };
  const server = await createHttpServer({
    log,
    allowedOrigins: http.allowedOrigins,
    publicUrl: http.publicUrl,
    trustedProxies: http.trustedProxies,
    tls: http.tls,
    authenticate: credentials => authentication.authenticate(credentials),
    refusals,
    routes: [
      ...routes,
      oauth(refusals),
      metricsRoutes(metrics, access),
      graphqlRoutes(apollo, database),
      ...(http.explorer ? [explorerRoutes] : []),
    ],
  });
  return { apollo, server };
}

/** type-graphql keeps what it builds in one place: schemas are built one after another. */
async function inTurn<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
