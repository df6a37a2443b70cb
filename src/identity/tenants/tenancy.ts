import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import type { Invitations } from '../invitations/invitations.service';
import { TenantPlanResolver } from '../plans/plan.resolver';
import type { Revocations } from '../revocations/revocations';
import type { Sessions } from '../sessions/sessions';
import { TenantSettings } from './tenant-settings';
import { TenantsResolver } from './tenants.resolver';
import { Tenants } from './tenants.service';

export interface TenancyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly revocations: Pick<Revocations, 'revoke'>;
  readonly invitations: Pick<Invitations, 'inviteFirst'>;
  readonly sessions: Pick<Sessions, 'end'>;
}

/** The resolvers of tenants: their lifecycle, settings and plans. */
export const tenancy = ({ database, clock, revocations, invitations, sessions }: TenancyParts): readonly object[] => [
  new TenantsResolver(new Tenants(database, revocations, invitations), new TenantSettings(sessions, clock), clock),
  new TenantPlanResolver(clock),
];
