import type { Clock } from '../platform/clock';
import type { Database } from '../platform/database/database';
import type { Module } from '../platform/module';
import type { AccessTokens } from './access-tokens';
import { TenantResolver, UserResolver } from './identity.resolver';
import { tenantIds, userIds } from './ids';
import { SignInResolver } from './sign-in.resolver';
import { SignIn } from './sign-in.service';
import { tenantById } from './tenant.loader';
import { Tenant } from './tenant.model';
import { userById } from './user.loader';
import { User } from './user.model';

export interface IdentityParts {
  readonly database: Database;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
}

/** Tenants, users, roles, sign-in and access tokens. */
export const identity = ({ database, tokens, clock }: IdentityParts): Module => ({
  name: 'identity',
  models: [Tenant, User],
  resolvers: [new TenantResolver(), new UserResolver(), new SignInResolver(new SignIn(database, tokens, clock))],
  entities: [
    { ids: tenantIds, byId: tenantById },
    { ids: userIds, byId: userById },
  ],
  jobs: [],
});
