import type { App } from '../../src/app';
import { createApollo } from '../../src/gateway/apollo';
import { authorize } from '../../src/gateway/authorize';
import { fuse } from '../../src/gateway/fuse';
import { graphqlRoutes } from '../../src/gateway/graphql.routes';
import { refusalsPlugin } from '../../src/gateway/refusals.plugin';
import { Authentication } from '../../src/identity/tokens/authentication';
import { RefusedMutations } from '../../src/platform/audit/refused-mutations';
import type { Principal } from '../../src/platform/auth/principal';
import { revocationGate } from '../../src/platform/auth/revocation-gate';
import { currentContext } from '../../src/platform/context/tenant-context';
import type { Database } from '../../src/platform/database/database';
import { createHttpServer, type Routes } from '../../src/platform/http/server';
import { createLogger } from '../../src/platform/logging/logger';
import type { Metrics } from '../../src/platform/metrics/metrics';
import { Refusals } from '../../src/platform/metrics/refusals';

/** Does what a broken step would. */
export type Fault = () => unknown;

/** What stands in for each step while it is broken. */
export interface Broken {
  authenticate?: Fault;
  revocation?: Fault;
  principal?: (principal: Principal) => Principal;
  begin?: Fault;
  /** The statement that begins a transaction is broken: see PATIENCE_MS. */
  statement?: true;
}

export interface FaultyGateway {
  readonly url: string;
  /** Set to break a step. */
  readonly broken: Broken;
  /** Every line that was logged, at all levels. */
  readonly logged: string[];
  /** What a request without a token finds as its context. */
  contextOfStranger(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** How long a broken step may hang, in ms. Others have the time that they always have: tests run on busy machines. */
export const PATIENCE_MS = 150;
/** The same for the whole authentication, broken or not. */
const AUTHENTICATION_MS = 2_000;

/** The gateway of an app, made of its own parts, each of which can be broken. */
export async function aFaultyGateway(app: App, metrics: Metrics): Promise<FaultyGateway> {
  const broken: Broken = {};
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLogger({ level: 'trace', format: 'json', environment: 'test', service: 'test', destination });
  const refusals = new Refusals(metrics, log);
  const plugins = [refusalsPlugin(refusals, new RefusedMutations(app.clock, log))];
  const apollo = createApollo({ schema: authorize(fuse(await app.subgraphs()), app.clock), introspection: false, log, plugins });
  await apollo.start();
  const authentication = authenticationOf(app, broken);
  const server = await createHttpServer({
    log,
    refusals,
    allowedOrigins: [],
    publicUrl: 'http://localhost',
    trustedProxies: [],
    tls: null,
    authenticate: credentials => (broken.authenticate ? (broken.authenticate() as never) : authentication.authenticate(credentials)),
    authenticationTimeoutMs: AUTHENTICATION_MS,
    routes: [contextRoute, tampering(broken, graphqlRoutes(apollo, databaseOf(app, broken)))],
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    broken,
    logged,
    contextOfStranger: async () => (await (await fetch(`${url}/context`)).json()) as Record<string, unknown>,
    close: async () => {
      await server.close();
      await apollo.stop();
    },
  };
}

const authenticationOf = ({ tokens, revocations }: App, broken: Broken): Authentication =>
  new Authentication({
    tokens,
    issuers: { find: () => undefined },
    dpop: { verify: () => Promise.reject(new Error('No DPoP here')) },
    revocations: {
      check: token => {
        const { revocation } = broken;
        return revocation ? revocationGate(() => revocation() as never, PATIENCE_MS).check(token) : revocations.check(token);
      },
    },
  });

/** The database, but for the one method by which scopes open their transactions. */
const databaseOf = ({ database }: App, broken: Broken): Database =>
  ({
    get openTimeoutMs() {
      return broken.begin || broken.statement ? PATIENCE_MS : database.openTimeoutMs;
    },
    begin: (...args: Parameters<Database['begin']>) => (broken.begin ? broken.begin() : database.begin(...args)),
  }) as unknown as Database;

const tampering =
  (broken: Broken, routes: Routes): Routes =>
  server => {
    server.addHook('preHandler', (request, _reply, done) => {
      if (broken.principal && request.principal) request.principal = broken.principal(request.principal);
      done();
    });
    return routes(server);
  };

const contextRoute: Routes = server => {
  server.get('/context', () => ({ ...currentContext() }));
};
