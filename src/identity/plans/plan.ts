import type { InferAttributes } from 'sequelize';

import type { Facts } from '../../platform/audit/audit';
import type { Tenant } from '../tenants/tenant.model';

/** What a plan can hold back; each is named where it is asked for (Plans.requireFeature). */
export const planFeatures = ['API_CLIENTS', 'AUTO_APPROVAL', 'CUSTOM_ROLES'] as const;
export type PlanFeature = (typeof planFeatures)[number];

/** What a plan can limit in number. */
export const planLimits = ['connections', 'transactionsPerMonth', 'users'] as const;
export type PlanLimit = (typeof planLimits)[number];

/** What a tenant may use; null is without limit. */
export interface Plan {
  readonly name: string;
  readonly limits: Readonly<Record<PlanLimit, number | null>>;
  readonly features: readonly PlanFeature[] | null;
  /** Host names in lower case, each with its subdomains. */
  readonly domains: readonly string[] | null;
  /** UTC; from then on the tenant can be read, not changed. */
  readonly expiresAt: Date | null;
}

/** The columns of a tenant's row that make its plan. */
export type PlanRow = Pick<
  InferAttributes<Tenant>,
  'planName' | 'maxConnections' | 'maxTransactionsPerMonth' | 'maxUsers' | 'planDomains' | 'planFeatures' | 'planExpiresAt'
>;

/** The plan as a tenant's row holds it. A feature that Payymo does not know (any more) is left out. */
export const planOf = (row: PlanRow): Plan => ({
  name: row.planName,
  limits: { connections: row.maxConnections, transactionsPerMonth: row.maxTransactionsPerMonth, users: row.maxUsers },
  features: row.planFeatures && planFeatures.filter(feature => row.planFeatures?.includes(feature)),
  domains: row.planDomains,
  expiresAt: row.planExpiresAt,
});

/** The same the other way round. */
export const rowOf = ({ name, limits, features, domains, expiresAt }: Plan): PlanRow => ({
  planName: name,
  maxConnections: limits.connections,
  maxTransactionsPerMonth: limits.transactionsPerMonth,
  maxUsers: limits.users,
  planDomains: domains && [...domains],
  planFeatures: features && [...features],
  planExpiresAt: expiresAt,
});

/** The plan as the audit trail keeps it. */
export const factsOf = ({ name, limits, features, domains, expiresAt }: Plan): Facts => ({
  plan: name,
  ...limits,
  features,
  domains,
  expiresAt: expiresAt?.toISOString() ?? null,
});
