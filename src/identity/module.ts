import type { Clock } from '../platform/clock';
import type { Database } from '../platform/database/database';
import type { Module } from '../platform/module';
import type { AccessTokens } from './tokens/access-tokens';
import { TenantResolver, UserResolver } from './users/user.resolver';
import { tenantIds, userIds } from './ids';
import { SignInResolver } from './sign-in/sign-in.resolver';
import { SignIn } from './sign-in/sign-in.service';
import { tenantById } from './tenants/tenant.loader';
import { Tenant } from './tenants/tenant.model';
import { userById } from './users/user.loader';
import { User } from './users/user.model';

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
