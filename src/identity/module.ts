import type { Config } from '../config/config';
import type { Clock } from '../platform/clock';
import type { Seal } from '../platform/crypto/seal';
import type { Database } from '../platform/database/database';
import type { Logger } from '../platform/logging/logger';
import type { Routes } from '../platform/http/server';
import type { Refusals } from '../platform/metrics/refusals';
import type { Module } from '../platform/module';
import { sessionIds, tenantIds, userIds } from './ids';
import { partners } from './oauth/partners';
import { ChangePasswordResolver } from './passwords/change-password.resolver';
import { ChangePassword } from './passwords/change-password.service';
import type { Revocations } from './revocations/revocations';
import { RequestProofs } from './second-factor/request-proofs';
import { secondFactorServices } from './second-factor/second-factor-services';
import { sessionServices } from './sessions/session-services';
import { sessionById } from './sessions/session.loader';
import { SignInResolver } from './sign-in/sign-in.resolver';
import { SignIn } from './sign-in/sign-in.service';
import { Throttle } from './sign-in/throttle';
import { tenantById } from './tenants/tenant.loader';
import { Tenant } from './tenants/tenant.model';
import type { AccessTokens } from './tokens/access-tokens';
import type { Proofs } from './tokens/proofs';
import { userById } from './users/user.loader';
import { User } from './users/user.model';
import { TenantResolver, UserResolver } from './users/user.resolver';
import { Users } from './users/users.service';

export interface IdentityParts {
  readonly config: Config;
  readonly database: Database;
  readonly seal: Seal;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface IdentityModule extends Module {
  /** OAuth for the machines of partners. */
  oauth(refusals: Refusals): Routes;
}

/** Tenants, users, roles, sign-in, access tokens and the clients of partners. */
export function identity(parts: IdentityParts): IdentityModule {
  const { config, database, seal, clock, log } = parts;
  const proofs = new RequestProofs(parts.proofs);
  const sessionParts = sessionServices({ ...parts, proofs });
  const { sessions } = sessionParts;
  const factors = secondFactorServices({ database, seal, sessions, proofs, clock, http: config.http });
  const throttle = new Throttle(database, clock, config.secrets.encryptionKey);
  const signIn = new SignIn({ database, sessions, secondFactors: factors.secondFactors, throttle, log });
  const clients = partners({ ...parts, sessions });
  return {
    name: 'identity',
    models: [Tenant, User, ...factors.models, ...clients.models],
    resolvers: [
      new TenantResolver(),
      new UserResolver(new Users(sessions, clock)),
      new SignInResolver(signIn),
      ...sessionParts.resolvers,
      new ChangePasswordResolver(new ChangePassword({ sessions, throttle })),
      ...factors.resolvers,
      ...clients.resolvers,
    ],
    entities: [
      { ids: tenantIds, byId: tenantById },
      { ids: userIds, byId: userById },
      { ids: sessionIds, byId: sessionById },
      ...clients.entities,
    ],
    oauth: refusals => clients.routes(refusals),
    jobs: [],
  };
}
