import type { Config } from '../config/config';
import type { LateTraces } from '../platform/audit/late-traces';
import type { Clock } from '../platform/clock';
import type { Seal } from '../platform/crypto/seal';
import type { Database } from '../platform/database/database';
import type { Logger } from '../platform/logging/logger';
import type { Routes } from '../platform/http/server';
import type { Refusals } from '../platform/metrics/refusals';
import type { Metrics } from '../platform/metrics/metrics';
import type { Module } from '../platform/module';
import { sessionIds, tenantIds } from './ids';
import { partners } from './oauth/partners';
import { ChangePasswordResolver } from './passwords/change-password.resolver';
import { ChangePassword } from './passwords/change-password.service';
import { people } from './people';
import type { Plans } from './plans/plans.service';
import type { Revocations } from './revocations/revocations';
import { secondFactorServices } from './second-factor/second-factor-services';
import { sessionServices } from './sessions/session-services';
import { sessionById } from './sessions/session.loader';
import { countedSignIn } from './sign-in/counted-sign-in';
import { SignInResolver } from './sign-in/sign-in.resolver';
import { SignIn } from './sign-in/sign-in.service';
import { Throttle } from './sign-in/throttle';
import { tenancy } from './tenants/tenancy';
import { tenantById } from './tenants/tenant.loader';
import { Tenant } from './tenants/tenant.model';
import type { AccessTokens } from './tokens/access-tokens';
import type { Proofs } from './tokens/proofs';

export interface IdentityParts {
  readonly config: Config;
  readonly database: Database;
  readonly seal: Seal;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  readonly revocations: Revocations;
  readonly plans: Plans;
  readonly metrics: Metrics;
  readonly traces: LateTraces;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface IdentityModule extends Module {
  /** OAuth for the machines of partners. */
  readonly oauth: (refusals: Refusals) => Routes;
}

/** Tenants, users, roles, sign-in, access tokens and the clients of partners. */
export function identity(parts: IdentityParts): IdentityModule {
  const { config, database, seal, proofs, clock, log } = parts;
  const sessionParts = sessionServices(parts);
  const { sessions } = sessionParts;
  const factors = secondFactorServices({ database, seal, sessions, proofs, clock, http: config.http });
  const throttle = new Throttle(database, clock, config.secrets.encryptionKey);
  const signIn = new SignIn({ database, sessions, secondFactors: factors.secondFactors, throttle, proofs, traces: parts.traces, log });
  const clients = partners({ ...parts, sessions });
  const persons = people({ ...parts, sessions, secondFactors: factors.secondFactors, throttle });
  return {
    name: 'identity',
    models: [Tenant, ...persons.models, ...factors.models, ...clients.models],
    resolvers: [
      ...persons.resolvers,
      ...tenancy({ ...parts, sessions, invitations: persons.invitations }),
      new SignInResolver(countedSignIn(signIn, parts.metrics)),
      ...sessionParts.resolvers,
      new ChangePasswordResolver(new ChangePassword({ sessions, throttle })),
      ...factors.resolvers,
      ...clients.resolvers,
    ],
    entities: [{ ids: tenantIds, byId: tenantById }, ...persons.entities, { ids: sessionIds, byId: sessionById }, ...clients.entities],
    oauth: refusals => clients.routes(refusals),
    jobs: persons.jobs,
  };
}
