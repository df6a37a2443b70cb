import type { Config } from '../../config/config';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import type { Routes } from '../../platform/http/server';
import type { Logger } from '../../platform/logging/logger';
import type { Refusals } from '../../platform/metrics/refusals';
import type { Module } from '../../platform/module';
import { ApiClientSecret } from '../clients/api-client-secret.model';
import { apiClientById } from '../clients/api-client.loader';
import { ApiClient } from '../clients/api-client.model';
import { ApiClientResolver, ApiClientSecretResolver } from '../clients/api-client.resolver';
import { ApiClients } from '../clients/api-clients';
import { ClientAccess } from '../clients/client-access';
import { PublishedKeys } from '../clients/published-keys';
import { apiClientIds } from '../ids';
import type { Plans } from '../plans/plans.service';
import type { Revocations } from '../revocations/revocations';
import type { Sessions } from '../sessions/sessions';
import type { AccessTokens } from '../tokens/access-tokens';
import type { Proofs } from '../tokens/proofs';
import { useOnce } from '../tokens/use-once';
import { ClientAssertions } from './client-assertions';
import { ClientAuthentication } from './client-authentication';
import { ClientThrottle } from './client-throttle';
import { IntrospectionEndpoint } from './introspection-endpoint';
import { KnownClients } from './known-clients';
import { oauthRoutes } from './oauth.routes';
import { RevocationEndpoint } from './revocation-endpoint';
import { TOKEN_PATH } from './server-metadata';
import { TokenEndpoint } from './token-endpoint';

export interface PartnersParts {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly plans: Plans;
  readonly log: Logger;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
}

export interface Partners extends Pick<Module, 'models' | 'resolvers' | 'entities'> {
  /** The OAuth endpoints; what they refuse is noted like every other refusal. */
  routes(refusals: Refusals): Routes;
}

/** Everything for the machines of partners: their clients, and OAuth. */
export function partners(parts: PartnersParts): Partners {
  const { config, database, clock, log, sessions, revocations, plans } = parts;
  const urls = { loopbackAllowed: !config.production };
  const service = new ApiClients(clock, new ClientAccess({ sessions, revocations }), plans, urls);
  return {
    models: [ApiClient, ApiClientSecret],
    resolvers: [new ApiClientResolver(service), new ApiClientSecretResolver()],
    entities: [{ ids: apiClientIds, byId: apiClientById }],
    routes: refusals => {
      const issuer = config.http.publicUrl;
      const clients = new KnownClients(database, clock);
      const assertions = new ClientAssertions({
        clock,
        published: new PublishedKeys(clock, urls),
        useOnce: (key, expiresAt) => useOnce(database, key, expiresAt),
        audiences: [issuer, `${issuer}${TOKEN_PATH}`],
      });
      const authentication = new ClientAuthentication({ clients, assertions, throttle: new ClientThrottle(database, clock), log });
      const endpoint = { ...parts, authentication, clients };
      return oauthRoutes({
        token: new TokenEndpoint(endpoint),
        revocation: new RevocationEndpoint(endpoint),
        introspection: new IntrospectionEndpoint({ ...endpoint, issuer }),
        metadata: { issuer, tls: config.http.tls !== null },
        refusals,
        log,
      });
    },
  };
}
